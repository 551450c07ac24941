import test from 'ava';
import { matchStoreContract } from '../../../ports/match-store.contract.ts';
import { tempDatabase } from '../../../testing/local/temp-database.ts';
import { createSqliteMatchStore } from './match-store.ts';

matchStoreContract(test, (t) => createSqliteMatchStore({ db: tempDatabase(t) }));
