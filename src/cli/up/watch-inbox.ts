import { mkdir } from 'node:fs/promises';
import type { Observe } from '../../app/pipeline/events.ts';
import type { UploadFile } from '../../app/uploads/upload-report.ts';
import { messageOf } from '../../domain/errors.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { UploadJournal } from '../../ports/upload-journal.ts';
import { collectorMetadata } from '../upload/upload-metadata.ts';
import { watchUploads } from '../upload/watch-uploads.ts';
import { fileSource, filesBelow } from '../wiring/upload-files.ts';

/** Shorter than for other folders: who puts a file into the inbox waits for what is said of it. One that goes on growing is taken again. */
const settleMs = 150;

export interface InboxOptions {
  readonly dir: string;
  readonly store: ObjectStore;
  /** Remembers what was taken, so that a restart does not copy it all again. */
  readonly journal: UploadJournal;
  readonly signal: AbortSignal;
  readonly observe: Observe;
}

/**
 * Copies every file that comes into the folder, or changes there, into the corpus, which tells the live queue. The file itself is left as it is: it
 * is the user's. One that is still being written is taken when it rests, and again when it goes on.
 */
export async function watchInbox({ dir, store, journal, signal, observe }: InboxOptions): Promise<void> {
  const tell = (message: string) => observe({ type: 'problem', where: 'inbox', message });
  async function* walk(): AsyncGenerator<UploadFile> {
    await mkdir(dir, { recursive: true });
    yield* filesBelow(dir);
  }
  await watchUploads({
    ...{ walk, store, journal, settleMs, signal },
    source: fileSource,
    metadata: collectorMetadata(),
    async report(report) {
      if (report.status === 'failed') tell(`${report.path}: ${report.detail}`);
    },
    goesOn(error) {
      tell(messageOf(error));
      return true;
    },
  });
}
