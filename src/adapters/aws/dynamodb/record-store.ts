import { z } from 'zod';
import { type ObjectRef, objectId } from '../../../domain/object.ts';
import type { ObjectRecord, RecordStore } from '../../../ports/record-store.ts';
import { outcomeSchema } from '../../stored/outcome.ts';
import { type CoverageSets, createCoverageSets } from './coverage-sets.ts';
import { digestOf } from './digest.ts';
import { type Item, type ItemKey, maxActions, type Table, type Transaction, untilWritten } from './table.ts';

const row = z.object({
  bucket: z.string(),
  key: z.string(),
  version: z.string(),
  size: z.number(),
  sha256: z.string().nullable(),
  outcome: z.string(),
  scanId: z.string(),
  updatedAt: z.string(),
  coverage: z.string(),
});

/**
 * Records of object versions in DynamoDB: an item each, under a digest of bucket, key and version, so that keys of any length and order spread. An
 * item names the set of rules it is covered with; the sets, which thousands of objects share, have items of their own.
 */
export function createDynamoRecordStore(table: Table): RecordStore {
  const sets = createCoverageSets(table);

  async function find(refs: readonly ObjectRef[]): Promise<ReadonlyMap<string, Item>> {
    const items = await table.getAll(refs.map(keyOf));
    return new Map(items.map((item) => [String(item['pk']), item]));
  }

  return {
    async getMany(refs) {
      const found = await find(refs);
      return Promise.all(refs.map((ref) => recordOf(found.get(keyOf(ref).pk), sets)));
    },
    async putMany(records) {
      const merged = mergeSameObjects(records);
      for (let at = 0; at < merged.length; at += maxActions) await putSome(merged.slice(at, at + maxActions));
    },
  };

  /** All or none: what others wrote in between is read again, since coverage is added to what there is. */
  function putSome(records: readonly ObjectRecord[]): Promise<void> {
    return untilWritten(table.name, async () => {
      const found = await find(records);
      const actions: Transaction['actions'][number][] = [];
      for (const record of records) {
        const key = keyOf(record);
        const before = found.get(key.pk);
        const name = before === undefined ? sets.none : row.parse(before).coverage;
        const coverage = await sets.put(union(await sets.get(name), record.coverage));
        const put = { ...key, ...record, outcome: JSON.stringify(record.outcome), coverage };
        actions.push(
          before === undefined
            ? { put, condition: 'attribute_not_exists(pk)' }
            : { put, condition: 'coverage = :before', values: { ':before': name } },
        );
      }
      return (await table.write(actions)) ? { done: undefined } : undefined;
    });
  }
}

function keyOf(ref: ObjectRef): ItemKey {
  return { pk: `record#${digestOf(objectId(ref))}`, sk: 'record' };
}

async function recordOf(item: Item | undefined, sets: CoverageSets): Promise<ObjectRecord | null> {
  if (item === undefined) return null;
  const { outcome, coverage, ...fields } = row.parse(item);
  return { ...fields, outcome: outcomeSchema.parse(JSON.parse(outcome)), coverage: await sets.get(coverage) };
}

/** A transaction writes an item once: of the same object the last record, with the coverage of all. */
function mergeSameObjects(records: readonly ObjectRecord[]): readonly ObjectRecord[] {
  const byObject = new Map<string, ObjectRecord>();
  for (const record of records) {
    const id = objectId(record);
    const earlier = byObject.get(id);
    byObject.set(
      id,
      earlier === undefined ? record : { ...record, coverage: union(earlier.coverage, record.coverage) },
    );
  }
  return [...byObject.values()];
}

const unions = new WeakMap<readonly string[], WeakMap<readonly string[], readonly string[]>>();

/** Sorted. The same arrays answer the same array. */
function union(a: readonly string[], b: readonly string[]): readonly string[] {
  if (b.length === 0 || a === b) return a;
  if (a.length === 0) return sorted(b);
  const ofA = unions.get(a) ?? new WeakMap<readonly string[], readonly string[]>();
  unions.set(a, ofA);
  const known = ofA.get(b);
  if (known !== undefined) return known;
  const both = [...new Set([...a, ...b])].sort();
  const answer = both.length === a.length ? a : both;
  ofA.set(b, answer);
  return answer;
}

function sorted(hashes: readonly string[]): readonly string[] {
  const isSorted = hashes.every((hash, index) => index === 0 || (hashes[index - 1] ?? '') < hash);
  return isSorted ? hashes : [...new Set(hashes)].sort();
}
