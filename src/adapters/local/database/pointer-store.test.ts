import test from 'ava';
import { pointerStoreContract } from '../../../ports/pointer-store.contract.ts';
import { tempDatabase } from '../../../testing/local/temp-database.ts';
import { createSqlitePointerStore } from './pointer-store.ts';

pointerStoreContract(test, (t) => createSqlitePointerStore({ db: tempDatabase(t) }));
