import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import type { ObjectFilter } from '../../../../domain/objects/object.ts';
import type { ObjectReader } from '../../../../ports/object-store.ts';
import { runs } from '../../../../testing/runs.ts';
import { createMemoryListing, type MemoryListing, type StoredVersion } from '../../../../testing/s3/memory-listing.ts';
import { type ListingBounds, listInLanes } from './list-in-lanes.ts';

type List = ObjectReader['list'];

const usual: ListingBounds = { pageKeys: 10, maxRequests: 4, maxKeys: 100, maxLanes: 8, maxListings: 4 };
const idOf = ({ key, version }: { readonly key: string; readonly version: string | number }) => `${key} ${version}`;
const stored = (key: string, version = 1): StoredVersion => ({ key, version, isMark: false });

/** Folders with this many objects each. */
function folders(count: number, each: number): readonly StoredVersion[] {
  const pad = (value: number) => String(value).padStart(4, '0');
  return Array.from({ length: count * each }, (_, index) => stored(`${pad(Math.floor(index / each))}/${pad(index)}`));
}

async function listAll(list: List, limit = 10, start: string | null = null): Promise<readonly string[]> {
  const all: string[] = [];
  for (let after = start; ; ) {
    const page = await list({ after, limit });
    all.push(...page.objects.map(idOf));
    if (page.next === null) return all;
    after = page.next;
  }
}

/** One call by the caller. */
interface Step {
  readonly limit: number;
  /** Another process continues. */
  readonly isReplaced: boolean;
  /** The page is requested a second time before the listing continues. */
  readonly isRepeated: boolean;
  /** Key of an object that is put, or deleted if it exists. */
  readonly change: string | null;
}

const segment = fc.constantFrom('', '', 'a', 'b', 'a-', 'ü', '\uff5e', '\u{1f600}', '\uffff');
const key = fc
  .array(segment, { minLength: 1, maxLength: 4 })
  .map((segments) => segments.join('/'))
  .filter((each) => each !== '');
const versions = fc
  .array(fc.tuple(key, fc.integer({ min: 1, max: 4 }), fc.nat({ max: 5 })), { maxLength: 80, size: 'max' })
  .map((all) =>
    [...new Map(all.map((each) => [each[0], each] as const)).values()].flatMap(([each, count, mark]) =>
      Array.from({ length: count }, (_, index) => ({ key: each, version: index + 1, isMark: index === mark })),
    ),
  );
const bounds = fc.record({
  pageKeys: fc.integer({ min: 1, max: 4 }),
  maxRequests: fc.integer({ min: 1, max: 4 }),
  maxKeys: fc.integer({ min: 1, max: 20 }),
  maxLanes: fc.integer({ min: 1, max: 5 }),
  maxListings: fc.integer({ min: 1, max: 2 }),
});
const step: fc.Arbitrary<Step> = fc.record({
  limit: fc.integer({ min: 1, max: 12 }),
  isReplaced: fc.integer({ max: 4, min: 0 }).map((each) => each === 0),
  isRepeated: fc.integer({ max: 4, min: 0 }).map((each) => each === 0),
  change: fc.option(key, { freq: 2 }),
});
const listing = fc.record({
  ...{ versions, bounds, steps: fc.array(step, { minLength: 1, maxLength: 12 }) },
  filter: fc.oneof(
    { weight: 3, arbitrary: fc.constant({}) },
    fc.record({ prefix: key.map((each) => each.slice(0, 3)) }).filter(({ prefix }) => prefix.isWellFormed()),
    fc.record({ maxBytes: fc.constant(1) }),
  ),
  versioned: fc.boolean(),
  showsFolderOfStart: fc.boolean(),
  /** Requests that fail, by their number. */
  failing: fc.uniqueArray(fc.nat({ max: 40 }), { maxLength: 8 }),
});

/** Takes the steps, repeating the last, until the end of the listing. */
async function follow(
  t: ExecutionContext,
  {
    source,
    bounds,
    filter,
    steps,
  }: {
    readonly source: MemoryListing;
    readonly bounds: ListingBounds;
    readonly filter: ObjectFilter;
    readonly steps: readonly Step[];
  },
): Promise<readonly string[]> {
  const listed: string[] = [];
  let list = listInLanes(source, bounds);
  const listOnce = async (after: string | null, limit: number) => {
    // A failed call is repeated.
    for (;;) {
      const page = await list({ filter, after, limit }).catch(() => null);
      if (page === null) continue;
      t.true(page.objects.length <= limit);
      return page;
    }
  };
  let after: string | null = null;
  for (let index = 0; index < 2000; index += 1) {
    const { limit, isReplaced, isRepeated, change } = steps[Math.min(index, steps.length - 1)] ?? t.fail('no step');
    if (isReplaced) list = listInLanes(source, bounds);
    if (isRepeated) await listOnce(after, limit + 1);
    const page = await listOnce(after, limit);
    listed.push(...page.objects.map(idOf));
    if (page.next === null) return listed;
    after = page.next;
    if (change !== null) toggle(source, change);
  }
  return t.fail('the listing has no end');
}

/**
 * Another version, or a delete marker if there is an object, always the newest; and all gone if
 * there is a marker.
 */
function toggle(source: MemoryListing, key: string): void {
  const own = source.versions.filter((each) => each.key === key).toSorted((a, b) => b.version - a.version);
  const [newest] = own;
  const others = source.versions.filter((each) => each.key !== key);
  if (newest?.isMark === true) source.versions = others;
  else
    source.versions = [...source.versions, { key, version: (newest?.version ?? 0) + 1, isMark: newest !== undefined }];
}

/** The expected result of a listing. */
function expected(all: readonly StoredVersion[], versioned: boolean, { prefix = '', maxBytes = 99 }: ObjectFilter) {
  const newest = new Map(all.toSorted((a, b) => a.version - b.version).map((each) => [each.key, each]));
  return all
    .filter((each) => !each.isMark && (versioned || newest.get(each.key) === each))
    .filter((each) => each.key.startsWith(prefix) && each.version <= maxBytes)
    .map(idOf);
}

test('whatever the keys, the limits and the process, every object is listed exactly once', async (t) => {
  await fc.assert(
    fc.asyncProperty(listing, async ({ versions, bounds, steps, filter, versioned, showsFolderOfStart, failing }) => {
      let request = 0;
      const isFailing = () => failing.includes(request++);
      const source = createMemoryListing(versions, { versioned, showsFolderOfStart, isFailing });
      const still = steps.map((each) => ({ ...each, change: null }));
      const listed = await follow(t, { source, bounds, filter, steps: still });
      t.deepEqual(listed.toSorted(), expected(versions, versioned, filter).toSorted());
    }),
    { numRuns: runs(300) },
  );
});

test('simultaneous changes affect no other object', async (t) => {
  await fc.assert(
    fc.asyncProperty(listing, async ({ versions, bounds, steps, filter, versioned, showsFolderOfStart }) => {
      const source = createMemoryListing(versions, { versioned, showsFolderOfStart });
      const changed = new Set(steps.map(({ change }) => change));
      const stays = (id: string) => ![...changed].some((each) => each !== null && id.startsWith(`${each} `));
      const listed = (await follow(t, { source, bounds, filter, steps })).filter(stays);
      t.deepEqual(listed.toSorted(), expected(versions, versioned, filter).filter(stays).toSorted());
    }),
    { numRuns: runs(300) },
  );
});

test('one page is one request, at the end and in another process too', async (t) => {
  const source = createMemoryListing(folders(10, 100));
  const first = await listInLanes(source, usual)({ after: null, limit: 3 });
  await source.rest();
  t.is(first.objects.length, 3);
  t.deepEqual([source.requests, source.folderRequests], [1, 0]);
  const second = await listInLanes(source, usual)({ after: first.next, limit: 10 });
  await source.rest();
  t.is(second.objects.length, 10);
  t.deepEqual([source.requests, source.folderRequests], [2, 0]);
  const list = listInLanes(source, usual);
  const { next } = await list({ after: (await list({ after: null, limit: 10 })).next, limit: 10 });
  await source.rest();
  source.requests = 0;
  t.is((await listInLanes(source, usual)({ after: next, limit: 10 })).objects.length, 10);
  await source.rest();
  t.is(source.requests, 1, 'of all lanes');
  for (const after of [null, first.next, next]) {
    source.requests = 0;
    const filter = { minBytes: 99 };
    t.deepEqual((await listInLanes(source, usual)({ filter, after, limit: 3 })).objects, []);
    t.is(source.requests, 1, 'where nothing passes the filter');
  }
});

test('a listing is read ahead in parallel within the bounds, and then pauses', async (t) => {
  for (const maxKeys of [40, 100]) {
    const bounds = { ...usual, maxKeys };
    const source = createMemoryListing(folders(10, 100));
    const list = listInLanes(source, bounds);
    let { next } = await list({ after: null, limit: 10 });
    for (let page = 2; page < 6; page += 1) {
      ({ next } = await list({ after: next, limit: 10 }));
      await source.rest();
      t.is(source.mostUnderWay, usual.maxRequests);
      // Whole pages of the next lanes are held.
      t.is(source.requests, page + maxKeys / 10, `${maxKeys} keys, page ${page}`);
    }
  }
});

test('a listing takes about as many requests in parallel as sequentially', async (t) => {
  const source = createMemoryListing(folders(20, 203));
  const listed = await listAll(listInLanes(source, { ...usual, maxLanes: 16 }));
  t.deepEqual(listed.toSorted(), source.versions.map(idOf).toSorted());
  const inTurn = source.versions.length / usual.pageKeys;
  t.true(source.requests + source.folderRequests <= inTurn + 20, `${source.requests} + ${source.folderRequests}`);
});

test('requesting the last page again, even with another limit, sends nothing to S3', async (t) => {
  const source = createMemoryListing(folders(5, 100));
  const list = listInLanes(source, usual);
  let { next } = await list({ after: null, limit: 10 });
  for (let page = 0; page < 5; page += 1) {
    const all = await list({ after: next, limit: 10 });
    await source.rest();
    const { requests } = source;
    const one = await list({ after: next, limit: 1 });
    const rest = await list({ after: one.next, limit: 9 });
    t.deepEqual([...one.objects, ...rest.objects], all.objects);
    await source.rest();
    t.is(source.requests, requests);
    next = rest.next;
  }
});

test('when folders are finished, the remaining ranges are divided', async (t) => {
  const small = folders(10, 20);
  const large = folders(10, 400).map((each) => ({ ...each, key: `large/${each.key}` }));
  const source = createMemoryListing([...small, ...large]);
  const list = listInLanes(source, usual);
  const lanes: number[] = [];
  for (let after: string | null = null; ; ) {
    const { next }: Awaited<ReturnType<List>> = await list({ after, limit: 10 });
    if (next === null) break;
    lanes.push(source.parseCursor(next).length);
    after = next;
  }
  t.is(lanes[1], usual.maxLanes);
  t.true(Math.max(...lanes) <= usual.maxLanes);
  const alone = lanes.filter((each) => each === 1).length;
  t.true(alone < lanes.length / 4, `${alone} of ${lanes.length} pages in one lane`);
});

test('a failed read-ahead is repeated when its page is requested, and its failure is reported then', async (t) => {
  let isFailing = false;
  const source = createMemoryListing(folders(5, 100), { isFailing: () => isFailing });
  const list = listInLanes(source, { ...usual, maxKeys: 40 });
  const first = await list({ after: null, limit: 10 });
  const second = await list({ after: first.next, limit: 10 });
  await source.rest();
  isFailing = true;
  const listed = [...first.objects, ...second.objects].map(idOf);
  let after = second.next;
  const { requests } = source;
  const failure = await t.throwsAsync(async () => {
    for (;;) {
      const page = await list({ after, limit: 10 });
      listed.push(...page.objects.map(idOf));
      after = page.next;
    }
  });
  t.is(failure?.message, 'SlowDown');
  t.true(listed.length > 20, 'what was held is answered');
  await source.rest();
  t.true(source.requests <= requests + usual.maxLanes + 1, 'what fails is not asked for again and again');
  isFailing = false;
  listed.push(...(await listAll(list, 10, after)));
  t.deepEqual(listed.toSorted(), source.versions.map(idOf).toSorted());
});

test('a failure in one range does not block the others, and is retried only when its turn comes', async (t) => {
  for (const [versions, place] of [
    [folders(5, 100), '0003/0349'],
    [folders(1, 500), '0000/0349'],
  ] as const) {
    let failures = 0;
    const source = createMemoryListing(versions, { isFailing: (after) => after === place && ++failures > 0 });
    const list = listInLanes(source, usual);
    let listed = 0;
    const failure = await t.throwsAsync(async () => {
      for (let after: string | null = null; after !== null || listed === 0; ) {
        const page: Awaited<ReturnType<List>> = await list({ after, limit: 10 });
        listed += page.objects.length;
        after = page.next;
        await source.rest();
      }
    });
    t.is(failure?.message, 'SlowDown');
    t.true(listed > 200, `${listed} objects`);
    t.is(failures, 2);
  }
});

test('the ranges take turns, so that all of them advance', async (t) => {
  const list = listInLanes(createMemoryListing(folders(8, 100)), usual);
  const begun = new Set<string>();
  for (let after: string | null = null, page = 0; page < 2 * usual.maxLanes; page += 1) {
    const { objects, next }: Awaited<ReturnType<List>> = await list({ after, limit: 10 });
    for (const { key } of objects) begun.add(key.slice(0, 4));
    after = next;
  }
  t.is(begun.size, usual.maxLanes);
});

test('a call that fails after the keys were divided finds them divided when it is repeated', async (t) => {
  let isFailing = false;
  const bucket = createMemoryListing(folders(10, 100), { isFailing: () => isFailing });
  const listPrefixes: typeof bucket.listPrefixes = async (...range) => {
    const found = await bucket.listPrefixes(...range);
    isFailing = true;
    return found;
  };
  const list = listInLanes({ ...bucket, listPrefixes }, usual);
  const { next: after } = await list({ after: null, limit: 10 });
  t.is((await t.throwsAsync(list({ after, limit: 10 }))).message, 'SlowDown');
  await bucket.rest();
  isFailing = false;
  const { next } = await list({ after, limit: 10 });
  t.is(bucket.parseCursor(next ?? '').length, usual.maxLanes);
  t.is(bucket.folderRequests, 1);
});

test('a read-ahead that fails once is not reported', async (t) => {
  for (const failing of [3, 4, 7, 20, 30]) {
    let request = 0;
    // The first is the first page, the second looks for folders.
    const source = createMemoryListing(folders(5, 100), { isFailing: () => ++request === failing });
    const listed = await listAll(listInLanes(source, usual));
    t.deepEqual(listed.toSorted(), source.versions.map(idOf).toSorted());
    t.true(request >= failing);
  }
});

test('if everything was deleted, calls end although there is nothing to return', async (t) => {
  const marks = folders(1, 2000).map((each) => ({ ...each, isMark: true }));
  const list = listInLanes(createMemoryListing(marks, { versioned: true }), usual);
  let calls = 0;
  for (let after: string | null = null; calls === 0 || after !== null; calls += 1) {
    ({ next: after } = await list({ after, limit: 10 }));
  }
  t.true(calls > 10, `${calls} calls`);
});

test('simultaneous listings do not affect each other, and those beyond the limit read nothing ahead', async (t) => {
  for (const [count, isAhead] of [
    [usual.maxListings, true],
    [usual.maxListings + 1, false],
  ] as const) {
    const source = createMemoryListing(folders(5, 20));
    const list = listInLanes(source, usual);
    const filters = Array.from({ length: count }, (_, index) => ({ minBytes: 1, maxBytes: index + 1 }));
    const places = filters.map((filter) => ({ filter, after: null as string | null, listed: [] as string[] }));
    let calls = 0;
    while (places.some(({ listed }) => listed.length < 100)) {
      for (const place of places) {
        const page = await list({ filter: place.filter, after: place.after, limit: 10 });
        place.listed.push(...page.objects.map(idOf));
        place.after = page.next;
        calls += 1;
      }
    }
    await source.rest();
    for (const { listed } of places) t.deepEqual(listed.toSorted(), source.versions.map(idOf).toSorted());
    t.is(source.mostUnderWay > 1, isAhead);
    if (!isAhead) t.is(source.requests, calls);
  }
});

test('a new listing returns the current objects', async (t) => {
  const source = createMemoryListing(folders(5, 100));
  const list = listInLanes(source, usual);
  const { next } = await list({ after: null, limit: 10 });
  await list({ after: next, limit: 10 });
  await source.rest();
  source.versions = folders(5, 100).map((each) => ({ ...each, version: 2 }));
  t.deepEqual((await listAll(list)).toSorted(), source.versions.map(idOf).toSorted());
});
