import type { ExecutionContext, TestFn } from 'ava';
import { hasCode } from '../domain/errors.ts';
import type { SegmentStore } from './segment-store.ts';

const name = 'a'.repeat(64);
const other = 'b'.repeat(64);

/** Tests that every `SegmentStore` passes. `makeAdapter` returns an empty one. */
export function segmentStoreContract(
  test: TestFn,
  makeAdapter: (t: ExecutionContext) => Promise<SegmentStore> | SegmentStore,
): void {
  test('segments: any range of a segment is read as it was stored, also if it was stored twice', async (t) => {
    const segments = await makeAdapter(t);
    const bytes = Uint8Array.from({ length: 1000 }, (_, index) => index % 251);
    await segments.put(name, bytes);
    await segments.put(name, bytes);
    for (const [start, length] of [
      [0, 1000],
      [0, 1],
      [999, 1],
      [300, 400],
      [5, 0],
    ] as const) {
      t.deepEqual(new Uint8Array(await segments.read(name, start, length)), bytes.slice(start, start + length));
    }
  });

  test('segments: a range beyond the end, or of no segment, is not there', async (t) => {
    const segments = await makeAdapter(t);
    await segments.put(name, new Uint8Array(10));
    for (const [from, start, length] of [
      [name, 5, 6],
      [name, 20, 1],
      [other, 0, 1],
    ] as const) {
      const error = await t.throwsAsync(segments.read(from, start, length));
      t.true(hasCode(error, 'ERR_OBJECT_GONE'));
    }
  });

  test('segments: those that were stored and not removed are listed', async (t) => {
    const segments = await makeAdapter(t);
    t.deepEqual(await segments.list(), []);
    await segments.put(name, new Uint8Array(1));
    await segments.put(other, new Uint8Array(1));
    await segments.remove(name);
    await segments.remove(name);
    t.deepEqual(await segments.list(), [other]);
  });
}
