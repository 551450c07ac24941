import type { ObjectStore } from '../../ports/object-store.ts';
import type { UploadJournal } from '../../ports/upload-journal.ts';

/** Destination of uploads. */
export interface UploadDestination {
  readonly store: ObjectStore;
  /** Stable and unique name of the destination in the journal. */
  readonly id: string;
  /** Advice after an upload; null if there is none. */
  advice(): string | null;
  /** Opens the journal of uploads to it, in the state folder. */
  openJournal(): { readonly journal: UploadJournal; close(): void };
  close(): Promise<void>;
}
