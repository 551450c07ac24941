import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { createSegmentFolder } from '../../adapters/local/files/segment-folder.ts';
import { type ObjectInfo, objectId } from '../../domain/objects/object.ts';
import type { Segment } from '../../domain/scans/segment.ts';
import { createContentCollector } from '../../index/content-collector.ts';
import type { IndexedObject } from '../../index/indexed-object.ts';
import type { SegmentStore } from '../../ports/segment-store.ts';
import { tempFolder } from '../../testing/temp-folder.ts';
import { queryIndex } from './corpus-index.ts';
import { indexSettings } from './index-settings.ts';
import { createIndexWriter } from './index-writer.ts';
import { joinedAtOnce, joinSegments } from './join-segments.ts';
import { removeRetired } from './remove-retired.ts';
import { requirementsOf } from './rule-requirements.ts';

const limits = { maxObjectBytes: 10_000, largeFiles: 'skip', unpack: null } as const;
const settings = indexSettings(limits);
const object = (number: number): ObjectInfo => ({
  ...{ bucket: 'corpus', key: `${number}`, version: '1', size: 20, arrivedAt: '2026-01-01T00:00:00.000Z' },
});

function indexed(number: number): IndexedObject {
  const collector = createContentCollector();
  collector.add(Buffer.from(`this is object ${number} of some`));
  const { bucket, key, version, size } = object(number);
  return { bucket, key, version, size, contents: collector.result() };
}

function setUp(t: ExecutionContext) {
  const segments = createSegmentFolder(join(tempFolder(t), 'index'));
  const write = async (numbers: readonly number[]) => {
    const writer = createIndexWriter({ segments, limits, onProblem: (message) => t.fail(message) });
    for (const number of numbers) writer.add(indexed(number));
    await writer.flush();
  };
  /** The objects that are indexed, and that each is a candidate for what it has, and no other. */
  const check = async (numbers: Iterable<number>) => {
    const wanted = requirementsOf(
      [1, 2, 3].map((number) => ({
        ...{ namespace: `${number}`, source: `rule r { strings: $a = "object ${number} of" condition: $a }` },
      })),
    ).map(({ requirement }) => requirement);
    const answer = await queryIndex(segments, settings, wanted);
    t.deepEqual(answer.problems, []);
    const unique = new Set(numbers);
    t.is(answer.indexed, unique.size);
    for (const number of unique) {
      const candidate = answer.candidateFor(object(number));
      t.deepEqual(candidate, [1, 2, 3].includes(number) ? [number - 1] : [], `object ${number}`);
    }
  };
  return { segments, write, check };
}

test('whatever is joined, by one or by two at once, no object is lost and none changes', async (t) => {
  const batch = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(fc.array(batch, { minLength: 1, maxLength: 30 }), fc.boolean(), async (batches, isTwice) => {
      const { segments, write, check } = setUp(t);
      for (const numbers of batches) await write(numbers);
      const join = () => joinSegments({ segments, settings, segmentBytes: 1e6 });
      await (isTwice ? Promise.all([join(), join()]) : join());
      await check(batches.flat());
      t.true((await segments.list()).length < joinedAtOnce + (isTwice ? 1 : 0));
    }),
    { numRuns: 20 },
  );
});

test('a join that dies before any of its steps loses nothing, and the next one puts it right', async (t) => {
  const numbers = Array.from({ length: 20 }, (_, index) => index);
  for (let steps = 0; steps < 12; steps += 1) {
    const { segments, write, check } = setUp(t);
    for (const number of numbers) await write([number]);
    let left = steps;
    const step =
      <A extends unknown[]>(call: (...given: A) => Promise<void>) =>
      (...given: A) => {
        if (left === 0) throw new Error('the power went out');
        left -= 1;
        return call(...given);
      };
    const dying: SegmentStore = { ...segments, put: step(segments.put), retire: step(segments.retire) };
    await t.throwsAsync(joinSegments({ segments: dying, settings, segmentBytes: 1e6 }), { message: /power/ });
    await check(numbers);
    const isPresent = () => true;
    await joinSegments({ segments, settings, segmentBytes: 1e6, isPresent });
    await check(numbers);
    const listed = await segments.list();
    const columns = listed.reduce((sum, { objects }) => sum + objects, 0);
    t.true(columns <= numbers.length * 1.25, `little is indexed twice after ${steps} steps`);
  }
});

test('a join that may join only some, or that dies after its first segment, has made progress', async (t) => {
  const numbers = Array.from({ length: 80 }, (_, index) => index);
  const { segments, write, check } = setUp(t);
  for (const number of numbers) await write([number]);
  const count = async () => (await segments.list()).length;
  await joinSegments({ segments, settings, segmentBytes: 1e6, most: 16 });
  t.is(await count(), 80 - 16 + 1);
  await check(numbers);
  let puts = 0;
  const dying: SegmentStore = {
    ...segments,
    async put(...given) {
      puts += 1;
      if (puts > 1) throw new Error('the power went out');
      return segments.put(...given);
    },
  };
  // A filter has 64 bytes.
  await t.throwsAsync(joinSegments({ segments: dying, settings, segmentBytes: 32 * 64 }), { message: /power/ });
  t.true((await count()) <= 80 - 16 + 1 - 31);
  await check(numbers);
});

test('what is gone is dropped where it is known, and a segment that cannot be read now stays as it is', async (t) => {
  const { segments, write, check } = setUp(t);
  await write([1, 2, 3, 4]);
  await write([5, 6, 7, 8]);
  const gone = new Set([objectId(object(1)), objectId(object(2))]);
  await joinSegments({ segments, settings, isPresent: (ref) => !gone.has(objectId(ref)) });
  await check([3, 4, 5, 6, 7, 8]);
  const before = await segments.list();
  const busy: SegmentStore = { ...segments, read: () => Promise.reject(new Error('busy')) };
  await joinSegments({ segments: busy, settings, isPresent: () => false });
  t.deepEqual(await segments.list(), before);
});

test('a damaged segment is retired by a join, and the others are joined', async (t) => {
  const { segments, write } = setUp(t);
  for (let number = 0; number < joinedAtOnce; number += 1) await write([number]);
  const [first] = await segments.list();
  const damaged: SegmentStore = {
    ...segments,
    async read(segment, start, length) {
      const bytes = await segments.read(segment, start, length);
      return segment.name === first?.name ? bytes.fill(0) : bytes;
    },
  };
  await joinSegments({ segments: damaged, settings });
  const [joined, ...others] = await segments.list();
  t.deepEqual(others, []);
  t.is(joined?.objects, joinedAtOnce - 1);
  t.is((await segments.listRetired()).length, joinedAtOnce);
});

test('segments of other settings are not joined with these', async (t) => {
  const { segments, write } = setUp(t);
  for (let number = 0; number < joinedAtOnce - 1; number += 1) await write([number]);
  const other = createIndexWriter({ segments, limits: { ...limits, maxObjectBytes: 5 }, onProblem: () => t.fail() });
  other.add(indexed(99));
  await other.flush();
  await joinSegments({ segments, settings });
  t.is((await segments.list()).length, joinedAtOnce);
});

test('a retired segment is kept for an hour, and as long as a ledger with its entries names it', async (t) => {
  const { segments, write } = setUp(t);
  await write([1]);
  await write([2]);
  const [named, other] = (await segments.list()) as [Segment, Segment];
  for (const each of [named, other]) await segments.retire(each);
  const scans = { hasExclusionsBy: async (name: string) => name === named.name };
  const names = async () => (await segments.listRetired()).map(({ segment }) => segment.name);
  await removeRetired({ segments, scans, now: Date.now() });
  t.is((await names()).length, 2);
  await removeRetired({ segments, scans, now: Date.now() + 61 * 60_000 });
  t.deepEqual(await names(), [named.name]);
  const at = (days: number) => Date.now() + days * 24 * 60 * 60_000;
  await removeRetired({ segments, scans, now: at(5000) });
  await removeRetired({ segments, scans, now: at(6), ledgerDays: 7 });
  t.deepEqual(await names(), [named.name], 'a ledger that keeps its entries');
  await removeRetired({ segments, scans, now: at(8), ledgerDays: 7 });
  t.deepEqual(await names(), []);
});

test('a segment that cannot be stored is reported, and what comes later is stored', async (t) => {
  const { segments, check } = setUp(t);
  let isFull = true;
  const problems: string[] = [];
  const writer = createIndexWriter({
    segments: {
      ...segments,
      put: (...given) => (isFull ? Promise.reject(new Error('the disk is full')) : segments.put(...given)),
    },
    limits,
    onProblem: (message) => problems.push(message),
  });
  writer.add(indexed(1));
  await writer.flush();
  t.deepEqual(problems, ['The index could not be written (objects that scans will read: 1): the disk is full']);
  isFull = false;
  writer.add(indexed(2));
  await writer.flush();
  await check([2]);
});
