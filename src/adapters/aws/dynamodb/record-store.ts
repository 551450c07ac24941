import pMap from 'p-map';
import * as z from 'zod';
import { type ObjectRef, objectId } from '../../../domain/objects/object.ts';
import { parseStored } from '../../../domain/text/parse-stored.ts';
import type { ObjectRecord, RecordStore } from '../../../ports/record-store.ts';
import { outcomeSchema } from '../../stored/outcome.ts';
import { uploaderSchema } from '../../stored/uploader.ts';
import { type CoverageSets, createCoverageSets } from './coverage-sets.ts';
import { digestOf } from './digest.ts';
import { type Item, type ItemKey, type Table, untilWritten } from './table.ts';

/** Number of cached reads; each is a few hundred bytes. */
const maxRemembered = 2000;
/** Well within the connections of a client. */
const writesAtOnce = 16;

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
  uploadedBy: uploaderSchema.exactOptional(),
});

/**
 * Records of object versions in DynamoDB. Each is an item under a digest of bucket, key and
 * version, so that keys of any length and order spread evenly. An item names the set of rules it is
 * covered with. The sets, which thousands of objects share, are separate items.
 */
export function createDynamoRecordStore(table: Table): RecordStore {
  const sets = createCoverageSets(table);
  /**
   * The coverage of recent reads (null: there was no record), by partition key. A record is written
   * soon after it was read, on condition that it is unchanged. A second read would cost a request,
   * and a unit per record.
   */
  const lately = new Map<string, string | null>();
  const remember = (refs: readonly ObjectRef[], found: ReadonlyMap<string, Item>) => {
    for (const { pk } of refs.map(keyOf)) {
      const item = found.get(pk);
      lately.delete(pk);
      lately.set(pk, item === undefined ? null : row.parse(item).coverage);
    }
    for (const pk of lately.keys()) {
      if (lately.size <= maxRemembered) break;
      lately.delete(pk);
    }
  };
  /** Used only once: a retry reads again. Null if one of them was not read recently. */
  const takeRemembered = (records: readonly ObjectRef[]): ReadonlyMap<string, string | null> | null => {
    const taken = new Map<string, string | null>();
    for (const { pk } of records.map(keyOf)) {
      const coverage = lately.get(pk);
      if (coverage !== undefined) taken.set(pk, coverage);
      lately.delete(pk);
    }
    return taken.size === records.length ? taken : null;
  };

  async function find(refs: readonly ObjectRef[]): Promise<ReadonlyMap<string, Item>> {
    const items = await table.getAll(refs.map(keyOf));
    return new Map(items.map((item) => [String(item['pk']), item]));
  }

  return {
    async getMany(refs) {
      const found = await find(refs);
      remember(refs, found);
      return Promise.all(refs.map((ref) => recordOf(found.get(keyOf(ref).pk), sets)));
    },
    async putMany(records) {
      const merged = mergeSameObjects(records);
      const before = takeRemembered(merged) ?? (await coverageOf(merged));
      const left = await putNew(merged, before);
      await pMap(left, ({ record, known }) => put(record, known), { concurrency: writesAtOnce });
    },
  };

  /**
   * Writes the records of objects that had none, many in a request. Returns those that are left,
   * with what is known of their coverage.
   */
  async function putNew(
    records: readonly ObjectRecord[],
    before: ReadonlyMap<string, string | null>,
  ): Promise<readonly { readonly record: ObjectRecord; readonly known: ReadonlyMap<string, string | null> | null }[]> {
    const fresh = records.filter((record) => (before.get(keyOf(record).pk) ?? null) === null);
    // A single write takes one request in any case.
    if (fresh.length < 2) return records.map((record) => ({ record, known: before }));
    const items = await pMap(fresh, (record) => itemOf(record, null), { concurrency: writesAtOnce });
    const results = await table.insertNew(items);
    const byRecord = new Map(fresh.map((record, index) => [record, results[index]]));
    return records.flatMap((record) => {
      const inserted = byRecord.get(record);
      if (inserted === 'written') return [];
      return [{ record, known: inserted === 'exists' ? null : before }];
    });
  }

  /** @param before the name of the coverage so far; null if there is no record */
  async function itemOf(record: ObjectRecord, before: string | null): Promise<Item> {
    const coverage = await sets.put(union(await sets.get(before ?? sets.none), record.coverage));
    return { ...keyOf(record), ...record, outcome: JSON.stringify(record.outcome), coverage };
  }

  /**
   * Each record separately: a transaction costs twice as much. After a write of another process it
   * is read again, since coverage is added to the existing one.
   * @param known coverage by partition key; null to read it first
   */
  function put(record: ObjectRecord, known: ReadonlyMap<string, string | null> | null): Promise<void> {
    let before = known;
    return untilWritten(table.name, async () => {
      const name = (before ?? (await coverageOf([record]))).get(keyOf(record).pk) ?? null;
      before = null;
      const item = await itemOf(record, name);
      const written = await table.write([
        name === null
          ? { put: item, condition: 'attribute_not_exists(pk)' }
          : { put: item, condition: 'coverage = :before', values: { ':before': name } },
      ]);
      return written ? { done: undefined } : undefined;
    });
  }

  async function coverageOf(records: readonly ObjectRecord[]): Promise<ReadonlyMap<string, string>> {
    const found = await find(records);
    return new Map([...found].map(([pk, item]) => [pk, row.parse(item).coverage]));
  }
}

function keyOf(ref: ObjectRef): ItemKey {
  return { pk: `record#${digestOf(objectId(ref))}`, sk: 'record' };
}

async function recordOf(item: Item | undefined, sets: CoverageSets): Promise<ObjectRecord | null> {
  if (item === undefined) return null;
  const { outcome, coverage, ...fields } = row.parse(item);
  return { ...fields, outcome: parseStored(outcomeSchema, outcome, 'outcome'), coverage: await sets.get(coverage) };
}

/**
 * For the same object, the last record with the coverage of all: one write instead of several that
 * compete.
 */
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

/** Sorted. The same input arrays return the same array. */
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
