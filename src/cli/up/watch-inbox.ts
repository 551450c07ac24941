import { mkdir } from 'node:fs/promises';
import type { Observe } from '../../app/pipeline/events.ts';
import { recordNotRead } from '../../app/pipeline/record-not-read.ts';
import type { UploadFile } from '../../app/uploads/upload-report.ts';
import { messageOf } from '../../domain/errors.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { ScanStore } from '../../ports/scan-store.ts';
import type { UploadJournal } from '../../ports/upload-journal.ts';
import { collectorMetadata } from '../upload/upload-metadata.ts';
import { watchUploads } from '../upload/watch-uploads.ts';
import { fileSource, filesBelow } from '../wiring/upload-files.ts';

/**
 * Shorter than for other folders, because the user waits for the result. A file that is still
 * growing is copied again.
 */
const settleMs = 150;

export interface InboxOptions {
  readonly dir: string;
  readonly store: ObjectStore;
  /** Gets the outcome of what is not copied: links, FIFOs, unreadable files. */
  readonly scans: ScanStore;
  /** Records copied files, so that a restart does not copy them again. */
  readonly journal: UploadJournal;
  readonly signal: AbortSignal;
  readonly observe: Observe;
}

/**
 * Copies every new or changed file in the folder into the corpus, which notifies the live queue.
 * The file itself stays unchanged: the user owns it. A file that is still being written is copied
 * when it rests, and again after each change.
 */
export async function watchInbox({ dir, store, scans, journal, signal, observe }: InboxOptions): Promise<void> {
  const reportProblem = (message: string) => observe({ type: 'problem', where: 'inbox', message });
  async function* walk(): AsyncGenerator<UploadFile> {
    await mkdir(dir, { recursive: true });
    yield* filesBelow(dir);
  }
  await watchUploads({
    ...{ walk, store, journal, settleMs, signal },
    source: fileSource,
    metadata: collectorMetadata(),
    async report(report) {
      if (report.status !== 'failed') return;
      reportProblem(`${report.path}: ${report.detail}`);
      await recordNotRead(scans, report, { bucket: store.bucket, nowMs: Date.now() });
    },
    goesOn(error) {
      reportProblem(messageOf(error));
      return true;
    },
  });
}
