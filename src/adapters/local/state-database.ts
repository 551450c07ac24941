import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Database, openDatabase } from './database/database.ts';
import { makeStateFolder, requireOwnStateFolder } from './state-folder.ts';

const databaseFile = 'state.db';

/**
 * Returns whether a folder holds the state of a pipeline. One with only a signing key does not:
 * `rules build` creates that.
 * @throws RearviewError `ERR_CONFIG` if it belongs to another user
 */
export function isStateFolder(dir: string): boolean {
  requireOwnStateFolder(dir);
  return existsSync(join(dir, databaseFile));
}

/**
 * Opens (and creates) a state folder and its database. Several processes may have it open.
 * @throws RearviewError `ERR_CONFIG` if it cannot be used
 */
export function openStateDatabase(dir: string): Database {
  makeStateFolder(dir);
  return openDatabase(join(dir, databaseFile));
}
