import type { ObjectStore } from '../ports/object-store.ts';
import type { GlobalOptions } from './context.ts';
import { openHome } from './home.ts';

/** Where uploads go. */
export interface UploadTarget {
  readonly store: ObjectStore;
  /** Names the target in the journal: the same from run to run, and no other's. */
  readonly id: string;
  /** What a person should know who has just uploaded something; null for nothing. */
  advice(): string | null;
  close(): Promise<void>;
}

/** Opens the corpus of this machine, made where it is not there yet. */
export async function openUploadTarget(globals: GlobalOptions): Promise<UploadTarget> {
  const home = await openHome({ stateDir: globals.stateDir });
  const { corpus } = home.state.stores;
  return {
    store: corpus,
    id: localTargetId(corpus),
    advice: () =>
      home.isPipelineRunning() ? null : 'No process runs the pipeline: they are scanned when "rearview up" runs.',
    close: () => home.close(),
  };
}

/** The `id` of a store of the state folder that the journal lies in. */
export function localTargetId({ bucket }: Pick<ObjectStore, 'bucket'>): string {
  return `local:${bucket}`;
}
