import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Database } from './database.ts';

const row = z.object({ id: z.number(), hashes: z.string() });

/** Sets of logic hashes, each stored once. */
export interface CoverageSets {
  /** Returns the id of a set; sorted, without repetition. */
  idOf(hashes: readonly string[]): number;
  get(id: number): readonly string[];
  /** Returns the id of the union of two stored sets. */
  union(a: number, b: number): number;
  /** Clears the cache. Call it when a transaction that may have stored sets was rolled back. */
  forget(): void;
}

/** Ids and sets never change, so reads are cached. */
export function createCoverageSets(db: Database): CoverageSets {
  const byDigest = db.prepare('SELECT id, hashes FROM coverage_sets WHERE digest = ?');
  const byId = db.prepare('SELECT id, hashes FROM coverage_sets WHERE id = ?');
  const insert = db.prepare('INSERT INTO coverage_sets (digest, hashes) VALUES (?, ?) ON CONFLICT DO NOTHING');
  const sets = new Map<number, readonly string[]>();
  const ids = new Map<string, number>();
  const unions = new Map<string, number>();
  let arrays = new WeakMap<readonly string[], number>();

  const idOf = (hashes: readonly string[]): number => {
    // Thousands of objects have one of a few arrays.
    const same = arrays.get(hashes);
    if (same !== undefined) return same;
    const text = hashes.join(' ');
    const digest = createHash('sha256').update(text).digest('hex');
    let id = ids.get(digest);
    if (id === undefined) {
      insert.run(digest, text);
      id = row.parse(byDigest.get(digest)).id;
      ids.set(digest, id);
    }
    arrays.set(hashes, id);
    return id;
  };
  const get = (id: number): readonly string[] => {
    const known = sets.get(id);
    if (known !== undefined) return known;
    const { hashes } = row.parse(byId.get(id));
    const set = hashes === '' ? [] : hashes.split(' ');
    sets.set(id, set);
    return set;
  };
  return {
    idOf,
    get,
    union(a, b) {
      if (a === b) return a;
      const pair = `${a} ${b}`;
      const known = unions.get(pair);
      if (known !== undefined) return known;
      const id = idOf([...new Set([...get(a), ...get(b)])].sort());
      unions.set(pair, id);
      return id;
    },
    forget() {
      sets.clear();
      ids.clear();
      unions.clear();
      arrays = new WeakMap();
    },
  };
}
