import { mkdir } from 'node:fs/promises';
import { localFiles } from '../../adapters/local/files/local-files.ts';
import { resolveRoot, walkPaths } from '../../adapters/local/files/walk-paths.ts';
import type { Observe } from '../../app/pipeline/events.ts';
import type { UploadFile } from '../../app/uploads/upload-report.ts';
import { messageOf } from '../../domain/errors.ts';
import { keyBelow } from '../../domain/objects/upload-key.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { UploadJournal } from '../../ports/upload-journal.ts';
import { collectorMetadata } from '../upload/upload-metadata.ts';
import { watchUploads } from '../upload/watch-uploads.ts';

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
    const root = await resolveRoot(dir, '/');
    for await (const file of walkPaths([root])) {
      yield { ...file, key: keyBelow({ root: root.location, location: file.location }) };
    }
  }
  await watchUploads({
    ...{ walk, store, journal, settleMs, signal },
    source: localFiles,
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
