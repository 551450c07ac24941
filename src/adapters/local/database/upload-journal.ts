import { join } from 'node:path';
import * as z from 'zod';
import type { UploadJournal } from '../../../ports/upload-journal.ts';
import { makeStateFolder } from '../state-folder.ts';
import { type Database, openDatabase } from './database.ts';

const entry = z.object({ fingerprint: z.string(), size: z.number(), sha256: z.string(), version: z.string() });
const number = z.number();
const place = z.object({ path: z.string(), key: z.string() });

export interface SqliteUploadJournalOptions {
  readonly db: Database;
  /** Name of the target; journals of different targets have nothing in common. */
  readonly target: string;
}

/** The journal of one target in SQLite: one row per file, for any number of files. */
export function createSqliteUploadJournal({ db, target }: SqliteUploadJournalOptions): UploadJournal {
  const next = '(SELECT coalesce(max(seq), 0) + 1 FROM uploads WHERE target = ?)';
  const select = db.prepare(
    'SELECT fingerprint, size, sha256, version FROM uploads WHERE target = ? AND path = ? AND key = ?',
  );
  const replace = db.prepare(
    `INSERT OR REPLACE INTO uploads (target, path, key, fingerprint, size, sha256, version, seq) VALUES (?, ?, ?, ?, ?, ?, ?, ${next})`,
  );
  const touch = db.prepare(`UPDATE uploads SET seq = ${next} WHERE target = ? AND path = ? AND key = ?`);
  const remove = db.prepare('DELETE FROM uploads WHERE target = ? AND path = ? AND key = ?');
  const first = db.prepare('SELECT path, key FROM uploads WHERE target = ? AND seq <= ? ORDER BY seq LIMIT ?');
  const last = db.prepare('SELECT coalesce(max(seq), 0) AS seq FROM uploads WHERE target = ?');
  return {
    async find({ path, key }) {
      const found = select.get(target, path, key);
      return found === undefined ? null : entry.parse({ ...found });
    },
    async record({ path, key }, { fingerprint, size, sha256, version }) {
      replace.run(target, path, key, fingerprint, size, sha256, version, target);
    },
    mark: async () => number.parse(last.get(target)?.['seq']),
    oldest: async (limit, mark) => first.all(target, mark, limit).map((each) => place.parse(each)),
    async keep({ path, key }) {
      touch.run(target, target, path, key);
    },
    async forget({ path, key }) {
      remove.run(target, path, key);
    },
  };
}

/**
 * The journal in a state folder, which is created if it does not exist. It is in the database of
 * the local corpus: neither is lost without the other.
 * @param target as in `SqliteUploadJournalOptions`
 * @throws RearviewError `ERR_CONFIG` if the database cannot be used
 */
export function openUploadJournal(
  stateDir: string,
  target: string,
): { readonly journal: UploadJournal; close(): void } {
  makeStateFolder(stateDir);
  const db = openDatabase(join(stateDir, 'state.db'));
  return { journal: createSqliteUploadJournal({ db, target }), close: () => db.close() };
}
