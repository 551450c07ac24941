import type { ExecutionContext, TestFn } from 'ava';
import { hasCode } from '../domain/errors.ts';
import type { Segment } from '../domain/scans/segment.ts';
import type { SegmentStore } from './segment-store.ts';

const segmentOf = (letter: string, size: number): Segment => ({
  ...{ name: letter.repeat(64), endOffset: 0, size, objects: 3, settings: '0123456789abcdef' },
});

/** Tests that every `SegmentStore` passes. `makeAdapter` returns an empty one. */
export function segmentStoreContract(
  test: TestFn,
  makeAdapter: (t: ExecutionContext) => Promise<SegmentStore> | SegmentStore,
): void {
  test('segments: any range of a segment is read as it was stored, also if it was stored twice or retired', async (t) => {
    const segments = await makeAdapter(t);
    const segment = segmentOf('a', 1000);
    const bytes = Uint8Array.from({ length: 1000 }, (_, index) => index % 251);
    await segments.put(segment, bytes);
    await segments.put(segment, bytes);
    const ranges = [
      [0, 1000],
      [0, 1],
      [999, 1],
      [300, 400],
      [5, 0],
    ] as const;
    for (const isRetired of [false, true]) {
      if (isRetired) await segments.retire(segment);
      for (const [start, length] of ranges) {
        for (const exactly of [false, true]) {
          const found = await segments.read(segment, start, length, { exactly });
          t.deepEqual(new Uint8Array(found), bytes.slice(start, start + length));
        }
      }
    }
  });

  test('segments: a segment that does not exist is gone, and one that is too short is damaged', async (t) => {
    const segments = await makeAdapter(t);
    const [segment, other] = [segmentOf('a', 10), segmentOf('b', 10)];
    const cut = segmentOf('c', 10);
    await segments.put(segment, new Uint8Array(10));
    await segments.put(cut, new Uint8Array(4));
    for (const [from, start, length] of [
      [segment, 5, 6],
      [segment, 20, 1],
      [cut, 2, 5],
      [cut, 6, 2],
      [other, 0, 1],
    ] as const) {
      for (const exactly of [false, true]) {
        const error = await t.throwsAsync(segments.read(from, start, length, { exactly }));
        if (from === other) t.true(hasCode(error, 'ERR_OBJECT_GONE'));
        else t.is(error?.message, 'its file is too short');
      }
    }
  });

  test('segments: those that were stored are listed in order, until they are retired', async (t) => {
    const segments = await makeAdapter(t);
    t.deepEqual(await segments.list(), []);
    t.deepEqual(await segments.listRetired(), []);
    const [a, b, c] = [segmentOf('a', 1), segmentOf('b', 1), segmentOf('c', 1)];
    for (const each of [c, a, b]) await segments.put(each, new Uint8Array(1));
    t.deepEqual(await segments.list(), [a, b, c]);
    const before = Date.now();
    await segments.retire(a);
    await segments.retire(a);
    await segments.retire(segmentOf('d', 1));
    t.deepEqual(await segments.list(), [b, c]);
    const retired = await segments.listRetired();
    t.deepEqual(
      retired.map(({ segment }) => segment),
      [a],
    );
    // S3 and file systems keep whole seconds.
    t.true(Math.abs((retired[0]?.retiredAt ?? 0) - before) < 3_600_000);
  });

  test('segments: a retired segment is gone when it was removed, and one of the index stays', async (t) => {
    const segments = await makeAdapter(t);
    const [a, b] = [segmentOf('a', 1), segmentOf('b', 1)];
    for (const each of [a, b]) await segments.put(each, new Uint8Array(1));
    await segments.retire(a);
    for (const each of [a, a, b]) await segments.remove(each);
    t.deepEqual(await segments.listRetired(), []);
    t.true(hasCode(await t.throwsAsync(segments.read(a, 0, 1)), 'ERR_OBJECT_GONE'));
    t.deepEqual(await segments.list(), [b]);
  });

  test('segments: a segment that comes back after it was retired belongs to the index again', async (t) => {
    const segments = await makeAdapter(t);
    const segment = segmentOf('a', 1);
    await segments.put(segment, new Uint8Array(1));
    await segments.retire(segment);
    await segments.put(segment, new Uint8Array(1));
    t.deepEqual(await segments.list(), [segment]);
    for (const { segment: each } of await segments.listRetired()) await segments.remove(each);
    t.is((await segments.read(segment, 0, 1)).length, 1);
  });
}
