import { join } from 'node:path';
import type { ObjectInfo } from '../../domain/objects/object.ts';
import type { DeliveryLog } from '../../ports/delivery-log.ts';
import type { MatchStore } from '../../ports/match-store.ts';
import type { ObjectRemover } from '../../ports/object-remover.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { PointerStore } from '../../ports/pointer-store.ts';
import type { Queue } from '../../ports/queue.ts';
import type { RecordStore } from '../../ports/record-store.ts';
import type { ScanStore } from '../../ports/scan-store.ts';
import type { Database } from './database/database.ts';
import { createSqliteDeliveryLog } from './database/delivery-log.ts';
import { createSqliteMatchStore } from './database/match-store.ts';
import { createSqlitePointerStore } from './database/pointer-store.ts';
import { createSqliteQueue } from './database/queue.ts';
import { createSqliteRecordStore } from './database/record-store.ts';
import { createSqliteScanStore } from './database/scan-store.ts';
import { createFolderObjectRemover } from './files/folder-object-remover.ts';
import { createFolderObjectStore } from './files/folder-object-store.ts';
import { openStateDatabase } from './state-database.ts';

/** All stores of the local target. */
export interface LocalState {
  readonly db: Database;
  readonly stores: { readonly corpus: ObjectStore; readonly rulesets: ObjectStore };
  /** Removes from the corpus. */
  readonly remover: ObjectRemover;
  readonly queues: { readonly live: Queue; readonly retro: Queue; readonly preview: Queue };
  readonly pointers: PointerStore;
  readonly records: RecordStore;
  readonly matches: MatchStore;
  readonly deliveries: DeliveryLog;
  readonly scans: ScanStore;
  close(): void;
}

export interface LocalStateOptions {
  /** Visibility timeout of all queues, in milliseconds. */
  readonly visibilityMs: number;
  /** Deliveries after which a message becomes a dead letter. */
  readonly maxReceives: number;
  /** The message for the live queue when an object arrived in the corpus. */
  readonly corpusNotice: (info: ObjectInfo) => string;
}

/**
 * Opens (and creates) a state folder. Several processes may have it open.
 * @throws RearviewError `ERR_CONFIG` if it cannot be used
 */
export function openLocalState(dir: string, options: LocalStateOptions): LocalState {
  const db = openStateDatabase(dir);
  const { visibilityMs, maxReceives } = options;
  const corpus = { db, dir: join(dir, 'corpus'), bucket: 'corpus' };
  return {
    db,
    stores: {
      corpus: createFolderObjectStore({
        ...corpus,
        notify: { queue: 'live', body: options.corpusNotice },
      }),
      rulesets: createFolderObjectStore({ db, dir: join(dir, 'rulesets'), bucket: 'rulesets' }),
    },
    remover: createFolderObjectRemover(corpus),
    queues: {
      live: createSqliteQueue({ db, name: 'live', visibilityMs, maxReceives }),
      retro: createSqliteQueue({ db, name: 'retro', visibilityMs, maxReceives }),
      preview: createSqliteQueue({ db, name: 'preview', visibilityMs, maxReceives }),
    },
    pointers: createSqlitePointerStore({ db }),
    records: createSqliteRecordStore({ db }),
    matches: createSqliteMatchStore({ db }),
    deliveries: createSqliteDeliveryLog({ db }),
    scans: createSqliteScanStore({ db }),
    close: () => db.close(),
  };
}
