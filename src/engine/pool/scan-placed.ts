import { hash } from 'node:crypto';
import { decodePath } from '../../domain/objects/path-key.ts';
import { externalsOf } from '../../domain/rulesets/externals.ts';
import { readWalkedSync } from '../../files/read-walked-sync.ts';
import { type FileBytes, type HeldRoom, viewOf } from '../module/held-file.ts';
import { type PlacedFile, type PlacedReport, type ScanReport, smallFileBytes } from '../types.ts';
import { createScanProgress } from './scan-progress.ts';
import type { WorkerAnswer, WorkerNews, WorkerRequest } from './scan-protocol.ts';

type Request = Extract<WorkerRequest, { type: 'scan_files' }>;
type Sent = Extract<WorkerRequest, { type: 'scan' }>;

/** A scan of one file, wherever its bytes are. */
export type ScanTask = Omit<Sent, 'type' | 'bytes'> & {
  readonly file: FileBytes;
  /** Takes a copy of a file in the memory of the engine, in place of the file. */
  readonly moveTo?: (copy: Uint8Array) => void;
};

export interface PlacedScanner {
  /** As for a file that was sent; `onNews` receives what would be posted. */
  scan(task: ScanTask, onNews: (news: WorkerNews) => void): Promise<WorkerAnswer>;
  /** See `LoadedRuleset`. */
  hold(bytes: number): HeldRoom | null;
}

/** Holds one small file at a time; one byte more shows where it ends, here as for large files. */
let room: Buffer<ArrayBuffer> | undefined;

/**
 * Reads and scans files in this thread, one after the other. A file that the engine fails on has no
 * report, and where the worker can no longer be used, neither have those after it.
 *
 * A large file is read into the memory of the engine, so that there is one copy of it.
 */
export async function scanPlaced(
  { rulesetId, files, unpack, steps }: Request,
  scanner: PlacedScanner,
): Promise<WorkerAnswer> {
  const reports: (PlacedReport | null)[] = files.map(() => null);
  for (const [place, placed] of files.entries()) {
    Atomics.add(steps, 0, 1);
    const read = placed.size <= smallFileBytes ? readSmall(placed) : readLarge(placed, scanner);
    if (read === null) continue;
    const progress = createScanProgress();
    let { file } = read;
    const moveTo = (copy: Uint8Array) => {
      file = copy;
      read.free();
    };
    const task = { rulesetId, file, moveTo, externals: externalsOf(placed.key), unpack, index: placed.index };
    try {
      const answer = await scanner.scan(task, (news) => {
        if (news.type === 'member') Atomics.add(steps, 0, 1);
        progress.take(news);
      });
      if (answer.type !== 'scanned') return { type: 'scanned_files', reports, isBroken: true };
      // The deadline is only for the report of a scan that ran out of it.
      reports[place] = placedReport(progress.report(answer, { size: file.length, deadlineMs: 0 }), file);
    } finally {
      read.free();
    }
  }
  return { type: 'scanned_files', reports, isBroken: false };
}

interface ReadFile {
  readonly file: FileBytes;
  free(): void;
}

function readSmall({ key, version }: PlacedFile): ReadFile | null {
  room ??= Buffer.from(new ArrayBuffer(smallFileBytes + 1));
  const file = readWalkedSync(decodePath(key), version, room);
  return file === null ? null : { file, free: () => undefined };
}

function readLarge({ key, version, size }: PlacedFile, { hold }: PlacedScanner): ReadFile | null {
  const held = hold(size + 1);
  if (held === null) return null;
  const { buffer, byteOffset, length } = held.file.view();
  const read = readWalkedSync(decodePath(key), version, Buffer.from(buffer, byteOffset, length));
  if (read === null) {
    held.free();
    return null;
  }
  held.shorten(read.length);
  return held;
}

/** Null if the file must be scanned again by itself. */
function placedReport(report: ScanReport, file: FileBytes): PlacedReport | null {
  if (report.status === 'failed' || report.inside?.reasons.engine_crash !== undefined) return null;
  const { md5: _, ...rest } = report;
  return rest.matches.length === 0 ? rest : { ...rest, md5: hash('md5', viewOf(file)) };
}
