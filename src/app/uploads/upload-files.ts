import { RearviewError } from '../../domain/errors.ts';
import { isStorableKey } from '../../domain/objects/upload-key.ts';
import { createPruner } from '../analysis/prune-journal.ts';
import { forEachConcurrently } from './for-each-concurrently.ts';
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

/** Default number of files under way at once. */
export const defaultUploadConcurrency = 8;
/** Number of files in a row without a response after which the target counts as down. */
const awayAfter = 16;

export interface UploadFilesOptions
  extends Pick<UploadParts, 'source' | 'store' | 'journal' | 'metadata'>,
    Partial<Pick<UploadParts, 'verify' | 'force' | 'dryRun' | 'isStable' | 'onBytes' | 'clock' | 'signal'>> {
  /** Files to upload. May be endless: nothing is kept of a finished file. */
  readonly files: AsyncIterable<UploadFile>;
  /**
   * Files under way at once. Default: 8. Each takes up to 25 MiB where the target is S3, under 1
   * MiB where it is a folder.
   */
  readonly concurrency?: number;
  /** Takes each report; the next file waits for it. */
  readonly report: (report: UploadReport) => Promise<void>;
  /** Called for each finished file, also for those that are left. */
  readonly onDone?: (file: UploadFile) => void;
}

/**
 * Uploads files to a target: those that are not there, each whole or not at all. Every file gives
 * one report, in no particular order, but those that are left when the signal comes or that are
 * still being written. An error of one file does not affect the others.
 * @throws RearviewError what concerns all files, such as `ERR_STORAGE_FULL`, and
 *   `ERR_OBJECT_DENIED` or `ERR_CONFIG` of the target. Uploads under way are broken off before;
 *   what was reported is durable, and a later run continues from there.
 */
export async function uploadFiles(options: UploadFilesOptions): Promise<UploadSums> {
  const { concurrency = defaultUploadConcurrency, report, onDone = () => undefined, signal } = options;
  const { dryRun = false, verify = false, force = false } = options;
  const parts: Omit<UploadParts, 'signal'> = {
    ...{ source: options.source, store: options.store, journal: options.journal, metadata: options.metadata },
    ...{ dryRun, verify, force, clock: options.clock ?? systemClock },
    ...{ isStable: options.isStable ?? (() => true), onBytes: options.onBytes ?? (() => undefined) },
  };
  const pruner = await createPruner(parts);
  const guard = createTargetGuard(parts.store.bucket);
  let sums = noUploads;
  const work = async (file: UploadFile, stop: AbortSignal) => {
    try {
      const result = refuseKey(file) ?? (await uploadFile({ ...parts, signal: stop }, file));
      if (result.status === 'left') return;
      const { path, pathBytes, key } = file;
      const uploadReport: UploadReport = { path, ...(pathBytes === undefined ? {} : { pathBytes }), key, ...result };
      sums = addUpload(sums, uploadReport);
      await report(uploadReport);
      guard.check(result);
      if (!dryRun && (result.status === 'uploaded' || result.status === 'present')) await pruner.recorded();
    } finally {
      onDone(file);
    }
  };
  await forEachConcurrently(options.files, work, { concurrency, signal });
  if (signal?.aborted !== true) await pruner.end();
  return sums;
}

/** Ends an upload whose target is down, instead of trying each of a million files. */
function createTargetGuard(bucket: string): { check(result: UploadResult): void } {
  let inRow = 0;
  return {
    check(result) {
      if (result.status === 'uploaded' || result.status === 'present' || result.status === 'planned') inRow = 0;
      if (result.status !== 'failed' || result.reason !== 'unavailable') return;
      inRow += 1;
      if (inRow < awayAfter) return;
      throw new RearviewError(
        'ERR_UNAVAILABLE',
        `${bucket} does not respond: ${awayAfter} files in a row failed, the last with: ${result.detail} Run the upload again when it does; it continues from there.`,
        { retryable: true },
      );
    },
  };
}

function refuseKey({ key, problem }: UploadFile): UploadResult | null {
  if (problem !== undefined || isStorableKey(key)) return null;
  const detail = `Its key in the target would have ${Buffer.byteLength(key)} bytes; 1 to 1,024 are allowed. Use a shorter prefix (--key).`;
  return { status: 'failed', reason: 'refused', detail };
}
