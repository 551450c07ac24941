import { createHash } from 'node:crypto';
import pMap from 'p-map';
import type { Inside } from '../../domain/inside/inside.ts';
import type { UnpackLimits } from '../../domain/inside/limits.ts';
import type { ObjectInfo } from '../../domain/objects/object.ts';
import { bytesToScan, type LargeFiles, type SizeLimit } from '../../domain/objects/size-limit.ts';
import type { GivenVariables } from '../../domain/rulesets/externals.ts';
import type { RuleMatch } from '../../domain/scans/match.ts';
import { type FailReason, limitNoted, type Outcome, partScanned, type SkipReason } from '../../domain/scans/outcome.ts';

import type { PrintedText, ScannableRuleset, ScanPool } from '../../engine/types.ts';
import type { ObjectReader } from '../../ports/object-store.ts';
import { readContent } from '../analysis/analyze-object.ts';
import { type ByteBudget, createReservation, type Reservation } from '../analysis/byte-budget.ts';
import { outcomeOfError } from '../analysis/object-outcome.ts';
import { readAndScan } from '../analysis/read-and-scan.ts';

/** A file to scan, or something else in its place. */
export interface ListedFile {
  /** For people. */
  readonly path: string;
  /** Lower-case hex; present if the name is not UTF-8. */
  readonly pathBytes?: string;
  /** Reads the file. */
  readonly reader: ObjectReader;
  /** For the reader. */
  readonly key: string;
  /** The path below the folder or prefix that was named; absent for what was named itself. */
  readonly below?: string;
  /** For the reader. Default: the latest. */
  readonly version?: string;
  /** The object, if a listing or look-up has already returned it. Default: it is looked up. */
  readonly object?: ObjectInfo;
  /** Why there is nothing to read, if that is already known. */
  readonly problem?: {
    readonly reason: 'not_a_regular_file' | 'denied' | 'gone' | 'unreadable';
    readonly detail: string;
  };
}

/** The outcome of one file. `size` is absent if it is not known. */
export type FileReport = Pick<ListedFile, 'path' | 'pathBytes'> & {
  readonly size?: number;
  /** Present where rules printed something. */
  readonly printed?: PrintedText;
} & (
    | {
        readonly status: 'scanned';
        readonly size: number;
        /** Bytes from the start; present only where no more than this first part was scanned. */
        readonly scannedBytes?: number;
        /** Hash of the scanned bytes in lower-case hex, like the other hashes. */
        readonly sha256: string;
        readonly md5: string;
        /** Present if it was requested. */
        readonly sha1?: string;
        readonly matches: readonly RuleMatch[];
        /** See `ScanReport`. */
        readonly matchLimitReached?: true;
        /** See `ScanReport`. */
        readonly inside?: Inside;
        /** See `ScanReport`. */
        readonly variableProblems?: readonly string[];
      }
    | { readonly status: 'skipped'; readonly reason: SkipReason; readonly detail: string }
    | { readonly status: 'failed'; readonly reason: FailReason; readonly detail: string }
  );

/** The workers that scan the files. */
export type FilePool = Pick<ScanPool, 'scan' | 'workers'>;

export interface ScanFilesOptions {
  readonly files: AsyncIterable<ListedFile>;
  readonly ruleset: ScannableRuleset;
  readonly pool: FilePool;
  /**
   * Files that are looked up, read or wait for a worker while each worker has one: many where
   * reading means to wait for an answer.
   */
  readonly readAhead: number;
  /** Bounds the bytes of files in memory. */
  readonly budget: ByteBudget;
  /** Maximum number of bytes of one file that are held and scanned. */
  readonly maxBytes: number;
  /** How larger files are handled. */
  readonly largeFiles: LargeFiles;
  /** Null: members are not scanned. */
  readonly unpack: UnpackLimits | null;
  /** Also computes SHA-1, which nothing else needs. Default: false. */
  readonly sha1?: boolean;
  /**
   * Values of declared variables for all files; they go before those of metadata. Default: none.
   */
  readonly variables?: GivenVariables;
  /** Takes each report; the scan waits for it. */
  readonly report: (report: FileReport) => Promise<void>;
  /** Ends the scan after the files under way, without an error. */
  readonly signal?: AbortSignal;
}

/**
 * Scans files once, with nothing remembered: every listed file gives exactly one report, in no
 * particular order. Files are read ahead of the workers as far as the budget allows.
 * @throws RearviewError `ERR_RULES_INVALID` when the ruleset does not compile
 */
export async function scanFiles(options: ScanFilesOptions): Promise<void> {
  const { files, pool, readAhead, signal, report } = options;
  await pMap(
    until(files, signal),
    async (file) => {
      const { path, pathBytes } = file;
      const result = await scanFile(options, file);
      await report({ path, ...(pathBytes === undefined ? {} : { pathBytes }), ...result });
    },
    { concurrency: pool.workers + readAhead },
  );
}

async function* until<T>(items: AsyncIterable<T>, signal: AbortSignal | undefined): AsyncGenerator<T> {
  for await (const item of items) {
    if (signal?.aborted) return;
    yield item;
  }
}

type Result = FileReport extends infer Each ? (Each extends unknown ? Omit<Each, 'path' | 'pathBytes'> : never) : never;

async function scanFile(options: ScanFilesOptions, file: ListedFile): Promise<Result> {
  const { reader, key, version, problem } = file;
  if (problem !== undefined) return problemResult(problem);
  let object: ObjectInfo;
  try {
    object = file.object ?? (await reader.head({ key, ...(version === undefined ? {} : { version }) }));
  } catch (error) {
    // Last attempt: no error is left to be tried again, so there always is an outcome.
    return unreadResult(outcomeOfError(error, true));
  }
  const { size } = object;
  if (bytesToScan(size, sizeLimit(options)) === null) return { size, ...tooLarge(size, options.maxBytes) };
  const room = createReservation(options.budget);
  try {
    return await scanObject(options, reader, object, room);
  } finally {
    room.release();
  }
}

async function scanObject(
  options: ScanFilesOptions,
  reader: ObjectReader,
  object: ObjectInfo,
  room: Reservation,
): Promise<Result> {
  const { ruleset, pool } = options;
  let sha1: string | undefined;
  const scanned = await readAndScan(
    pool,
    ruleset,
    async () => {
      const content = await readContent(sizeLimit(options), reader, room, { object, lastAttempt: true });
      // Before the bytes go to a worker.
      if (options.sha1 && 'bytes' in content) sha1 = createHash('sha1').update(content.bytes).digest('hex');
      return content;
    },
    { unpack: options.unpack, variables: options.variables },
  );
  if ('status' in scanned) return { size: object.size, ...unreadResult(scanned) };
  const { content, report } = scanned;
  const { size } = content;
  const printed = report.printed === undefined ? {} : { printed: report.printed };
  return report.status === 'scanned'
    ? {
        status: 'scanned',
        size,
        ...partScanned(size, report.size),
        sha256: report.sha256,
        md5: report.md5,
        ...(sha1 === undefined ? {} : { sha1 }),
        matches: report.matches,
        ...limitNoted(report),
        ...(report.inside === undefined ? {} : { inside: report.inside }),
        ...(report.variableProblems === undefined ? {} : { variableProblems: report.variableProblems }),
        ...printed,
      }
    : { size, status: 'failed', reason: report.reason, detail: report.detail, ...printed };
}

function sizeLimit({ maxBytes, largeFiles }: ScanFilesOptions): SizeLimit {
  return { maxObjectBytes: maxBytes, largeFiles };
}

function tooLarge(size: number, maxBytes: number): Result & { readonly status: 'skipped' } {
  return { status: 'skipped', reason: 'too_large', detail: `${size} bytes; the limit is ${maxBytes}` };
}

function problemResult({ reason, detail }: NonNullable<ListedFile['problem']>): Result {
  return reason === 'not_a_regular_file' || reason === 'gone'
    ? { status: 'skipped', reason, detail }
    : { status: 'failed', reason, detail };
}

function unreadResult(outcome: Outcome | null): Result {
  if (outcome?.status === 'skipped' || outcome?.status === 'failed') return { detail: '', ...outcome };
  throw new Error(`A file that could not be read has the outcome ${outcome?.status ?? 'none'}.`);
}
