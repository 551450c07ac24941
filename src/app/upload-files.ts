import pMap from 'p-map';
import { RearviewError } from '../domain/errors.ts';
import { isStorableKey } from '../domain/upload-key.ts';
import { pruneJournal } from './prune-journal.ts';
import { systemClock } from './upload-backoff.ts';
import { type UploadParts, uploadFile } from './upload-file.ts';
import {
  addUpload,
  noUploads,
  type UploadFile,
  type UploadReport,
  type UploadResult,
  type UploadSums,
} from './upload-report.ts';

/** Files under way at once, where nothing else is asked for. */
export const defaultUploadConcurrency = 8;
/** So many files one after the other for which the target did not answer: it is away. */
const awayAfter = 16;

export interface UploadFilesOptions
  extends Pick<UploadParts, 'source' | 'store' | 'journal' | 'metadata'>,
    Partial<Pick<UploadParts, 'verify' | 'force' | 'dryRun' | 'isSettled' | 'onBytes' | 'clock' | 'signal'>> {
  readonly files: AsyncIterable<UploadFile>;
  /** Files under way at once. Default: 8. Each takes 20 MiB where the target is S3, under 1 MiB where it is a folder. */
  readonly concurrency?: number;
  /** Takes each report; the file's lane waits for it. */
  readonly report: (report: UploadReport) => Promise<void>;
}

/**
 * Brings files to a target: those that are not there, each whole or not at all. Every file gives one report, in no particular order, but those
 * that are left when the signal comes or that have not come to rest. What fails with one file leaves the others alone.
 * @throws RearviewError what concerns all files, such as `ERR_STORAGE_FULL`, and `ERR_OBJECT_DENIED` or `ERR_CONFIG` of the target. Uploads under way are
 *   broken off before; what was reported is durable, and a later run goes on from there.
 */
export async function uploadFiles(options: UploadFilesOptions): Promise<UploadSums> {
  const { files, concurrency = defaultUploadConcurrency, report, clock = systemClock } = options;
  const stop = new AbortController();
  const signal = options.signal === undefined ? stop.signal : AbortSignal.any([options.signal, stop.signal]);
  const parts: UploadParts = {
    ...{ source: options.source, store: options.store, journal: options.journal, metadata: options.metadata },
    ...{ verify: options.verify ?? false, force: options.force ?? false, dryRun: options.dryRun ?? false },
    ...{ isSettled: options.isSettled ?? (() => true), onBytes: options.onBytes ?? (() => undefined), clock, signal },
  };
  const mark = await parts.journal.mark();
  let sums = noUploads;
  let away = 0;
  let written = 0;
  // Not thrown from a lane: the others have to end before their stores are closed.
  let fatal: { readonly error: unknown } | null = null;
  const settle = async (file: UploadFile, result: UploadResult) => {
    if (result.status === 'left') return;
    const { path, pathBytes, key } = file;
    const said: UploadReport = { path, ...(pathBytes === undefined ? {} : { pathBytes }), key, ...result };
    sums = addUpload(sums, said);
    if (!parts.dryRun && (result.status === 'uploaded' || result.status === 'present')) written += 1;
    if (result.status === 'failed' && result.reason === 'unavailable') away += 1;
    else if (result.status !== 'failed' && result.status !== 'unchanged') away = 0;
    await report(said);
    if (away >= awayAfter && result.status === 'failed') throw targetAway(parts.store.bucket, result.detail);
  };
  await pMap(
    until(files, signal),
    async (file) => {
      try {
        await settle(file, requireKey(file) ?? (await uploadFile(parts, file)));
      } catch (error) {
        fatal ??= { error };
        stop.abort();
      }
    },
    { concurrency },
  );
  throwFatal(fatal);
  if (!signal.aborted) await pruneJournal(parts, { limit: 2 * written, mark });
  return sums;
}

/** A value that lanes assign is out of sight of the compiler. */
function throwFatal(fatal: { readonly error: unknown } | null): void {
  if (fatal !== null) throw fatal.error;
}

async function* until<T>(items: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  for await (const item of items) {
    if (signal.aborted) return;
    yield item;
  }
}

function requireKey({ key, problem }: UploadFile): UploadResult | null {
  if (problem !== undefined || isStorableKey(key)) return null;
  const detail = `Its key in the target would have ${Buffer.byteLength(key)} bytes; 1 to 1,024 are possible. Upload a folder further down, or with a shorter prefix.`;
  return { status: 'failed', reason: 'refused', detail };
}

function targetAway(bucket: string, detail: string): RearviewError {
  return new RearviewError(
    'ERR_UNAVAILABLE',
    `${bucket} does not answer: ${awayAfter} files in a row failed, the last with: ${detail} Run it again when it does; what was uploaded is known.`,
    { retryable: true },
  );
}
