import test from 'ava';
import { scanStoreContract } from '../../../ports/scan-store.contract.ts';
import { tempDatabase } from '../../../testing/local/temp-database.ts';
import { createSqliteScanStore } from './scan-store.ts';

scanStoreContract(test, (t) => createSqliteScanStore({ db: tempDatabase(t) }));
