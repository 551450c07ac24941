import { createHash } from 'node:crypto';
import * as z from 'zod';
import { RearviewError } from '../../../domain/errors.ts';
import { packJson, unpackJson } from './pack-json.ts';
import type { ItemKey, Table } from './table.ts';

/** Hashes per item: about 150 KB of the limit of 400 KB. */
const hashesPerItem = 4000;
const cachedSets = 64;

const row = z.object({ hashes: z.unknown(), items: z.number() });

/**
 * Sets of logic hashes, each stored once and never changed. Simultaneous calls for a set share one
 * request: a page of a listing has a thousand objects with the same set.
 */
export interface CoverageSets {
  /** Returns the name of a set; an empty set has one too. */
  readonly none: string;
  /** Stores a set. Returns its name. */
  put(hashes: readonly string[]): Promise<string>;
  /** @throws RearviewError `ERR_NOT_FOUND` for a set that was never stored */
  get(name: string): Promise<readonly string[]>;
}

const digest = (hashes: readonly string[]) => createHash('sha256').update(hashes.join(' ')).digest('hex');

export function createCoverageSets(table: Table): CoverageSets {
  const sets = new Map<string, Promise<readonly string[]>>();
  const names = new WeakMap<readonly string[], string>();
  const remember = (name: string, hashes: Promise<readonly string[]>) => {
    sets.delete(name);
    sets.set(name, hashes);
    const oldest = sets.keys().next();
    if (sets.size > cachedSets && !oldest.done) sets.delete(oldest.value);
    // The next call tries again.
    hashes.catch(() => {
      if (sets.get(name) === hashes) sets.delete(name);
    });
    return hashes;
  };
  const none = digest([]);

  async function store(name: string, hashes: readonly string[]): Promise<readonly string[]> {
    const parts: (readonly string[])[] = [];
    for (let at = 0; at < hashes.length; at += hashesPerItem) parts.push(hashes.slice(at, at + hashesPerItem));
    for (const [index, part] of parts.entries()) {
      // Several writers write the same content.
      await table.put({ ...keyOf(name, index), hashes: await packJson(part), items: parts.length });
    }
    return hashes;
  }

  async function read(name: string): Promise<readonly string[]> {
    const hashes: string[] = [];
    for (let index = 0, items = 1; index < items; index += 1) {
      const item = await table.get(keyOf(name, index));
      if (item === null) {
        throw new RearviewError('ERR_NOT_FOUND', `The table ${table.name} has no part ${index} of coverage ${name}.`);
      }
      const part = row.parse(item);
      items = part.items;
      hashes.push(...z.array(z.string()).parse(unpackJson(part.hashes)));
    }
    return hashes;
  }

  return {
    none,
    async put(hashes) {
      // A thousand consecutive objects have the very same array.
      const name = names.get(hashes) ?? digest(hashes);
      names.set(hashes, name);
      if (name === none) return name;
      for (let known = sets.get(name); known !== undefined; known = sets.get(name)) {
        // A failed request of another caller has been forgotten.
        if (await isFulfilled(known)) return name;
      }
      await remember(name, store(name, hashes));
      return name;
    },
    async get(name) {
      if (name === none) return [];
      return sets.get(name) ?? remember(name, read(name));
    },
  };
}

function isFulfilled(promise: Promise<unknown>): Promise<boolean> {
  return promise.then(
    () => true,
    () => false,
  );
}

function keyOf(name: string, index: number): ItemKey {
  return { pk: `coverage#${name}`, sk: String(index).padStart(4, '0') };
}
