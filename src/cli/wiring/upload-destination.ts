import { openUploadJournal } from '../../adapters/local/database/upload-journal.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { openLocalTarget } from '../../targets/local/local-target.ts';
import type { GlobalOptions } from '../context.ts';
import type { UploadDestination } from './destination.ts';

/**
 * Opens the corpus: on this machine the state folder, created if missing; in AWS the first bucket.
 */
export async function openUploadDestination(globals: GlobalOptions): Promise<UploadDestination> {
  if (globals.target === 'local') return openLocalDestination(globals);
  const { openS3Destination } = await import('./s3-destination.ts');
  return openS3Destination(globals);
}

async function openLocalDestination(globals: GlobalOptions): Promise<UploadDestination> {
  const target = await openLocalTarget({ stateDir: globals.stateDir });
  const { corpus } = target.state.stores;
  return {
    store: corpus,
    id: localTargetId(corpus),
    openJournal: () => openUploadJournal(globals.stateDir, localTargetId(corpus)),
    advice: () =>
      target.isPipelineRunning()
        ? null
        : 'No process runs the pipeline: what was uploaded is scanned when "rearview up" runs.',
    close: () => target.close(),
  };
}

/** The `id` of a store in the state folder of the journal. */
export function localTargetId({ bucket }: Pick<ObjectStore, 'bucket'>): string {
  return `local:${bucket}`;
}
