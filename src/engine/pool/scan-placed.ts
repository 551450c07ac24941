import { hash } from 'node:crypto';
import { decodePath } from '../../domain/objects/path-key.ts';
import { externalsOf } from '../../domain/rulesets/externals.ts';
import { readWalkedSync } from '../../files/read-walked-sync.ts';
import { maxPlacedBytes, type PlacedReport, type ScanReport } from '../types.ts';
import { createScanProgress } from './scan-progress.ts';
import type { WorkerAnswer, WorkerNews, WorkerRequest } from './scan-protocol.ts';

type Request = Extract<WorkerRequest, { type: 'scan_files' }>;
type Scan = Omit<Extract<WorkerRequest, { type: 'scan' }>, 'type'>;

/** Holds one file at a time; one byte more shows where it ends. */
let room: Buffer<ArrayBuffer> | undefined;

/**
 * Reads and scans small files in this thread, one after the other. A file that the engine fails on
 * has no report, and where the worker can no longer be used, neither have those after it.
 * @param scan as for a file that was sent; `onNews` receives what would be posted
 */
export async function scanPlaced(
  { rulesetId, files, unpack, steps }: Request,
  scan: (request: Scan, onNews: (news: WorkerNews) => void) => Promise<WorkerAnswer>,
): Promise<WorkerAnswer> {
  room ??= Buffer.from(new ArrayBuffer(maxPlacedBytes + 1));
  const reports: (PlacedReport | null)[] = files.map(() => null);
  for (const [place, { key, version, index }] of files.entries()) {
    Atomics.add(steps, 0, 1);
    const bytes = readWalkedSync(decodePath(key), version, room);
    if (bytes === null) continue;
    const progress = createScanProgress();
    const request = { rulesetId, bytes, externals: externalsOf(key), unpack, index };
    const answer = await scan(request, (news) => {
      if (news.type === 'member') Atomics.add(steps, 0, 1);
      progress.take(news);
    });
    if (answer.type !== 'scanned') return { type: 'scanned_files', reports, isBroken: true };
    // The deadline is only for the report of a scan that ran out of it.
    reports[place] = placedReport(progress.report(answer, { size: bytes.length, deadlineMs: 0 }), bytes);
  }
  return { type: 'scanned_files', reports, isBroken: false };
}

/** Null if the file must be scanned again by itself. */
function placedReport(report: ScanReport, bytes: Uint8Array): PlacedReport | null {
  if (report.status === 'failed' || report.inside?.reasons.engine_crash !== undefined) return null;
  const { md5: _, ...rest } = report;
  return rest.matches.length === 0 ? rest : { ...rest, md5: hash('md5', bytes) };
}
