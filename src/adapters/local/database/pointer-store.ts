import * as z from 'zod';
import type { PointerStore } from '../../../ports/pointer-store.ts';
import type { Database } from './database.ts';

const row = z.object({ value: z.string(), revision: z.number() });

/** Pointers in SQLite. */
export function createSqlitePointerStore({ db }: { readonly db: Database }): PointerStore {
  const select = db.prepare('SELECT value, revision FROM pointers WHERE name = ?');
  const insert = db.prepare('INSERT INTO pointers (name, value, revision) VALUES (?, ?, 1) ON CONFLICT DO NOTHING');
  const update = db.prepare('UPDATE pointers SET value = ?, revision = revision + 1 WHERE name = ? AND revision = ?');
  return {
    async get(name) {
      const found = select.get(name);
      return found === undefined ? null : row.parse(found);
    },
    compareAndSet: async (name, expected, value) =>
      (expected === null ? insert.run(name, value) : update.run(value, name, expected)) === 1,
  };
}
