import { join } from 'node:path';
import { type Database, openDatabase } from '../../adapters/local/database/database.ts';
import type { Teardown } from '../teardown.ts';
import { tempFolder } from '../temp-folder.ts';

/** A database that goes with the test. */
export function tempDatabase(t: Teardown): Database {
  const db = openDatabase(join(tempFolder(t), 'state.db'));
  t.teardown(() => db.close());
  return db;
}
