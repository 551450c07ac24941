import test from 'ava';
import fc from 'fast-check';
import { createMemoryListing } from '../../../../testing/s3/memory-listing.ts';
import { compareKeys } from './key-order.ts';
import { findSplitPoints } from './split-points.ts';

const bucketOf = (keys: readonly string[], showsFolderOfStart = true) =>
  createMemoryListing(
    keys.map((key) => ({ key, version: 1, isMark: false })),
    { showsFolderOfStart },
  );
const whole = { prefix: '', after: null, upTo: null, most: 16 };

test('folders are grouped evenly', async (t) => {
  const twenty = Array.from({ length: 20 }, (_, index) => `${String(index).padStart(2, '0')}/x`);
  const { listPrefixes } = bucketOf(twenty);
  t.deepEqual(await findSplitPoints(listPrefixes, { ...whole, most: 4 }), ['05/', '10/', '15/']);
  t.is((await findSplitPoints(listPrefixes, whole)).length, 15);
  t.deepEqual(await findSplitPoints(listPrefixes, { ...whole, most: 1 }), []);
  t.is((await findSplitPoints(listPrefixes, { ...whole, most: 100 })).length, 19);
});

for (const showsFolderOfStart of [true, false]) {
  const store = showsFolderOfStart ? 'a store that shows the folder of the start' : 'a store that does not';

  test(`a single folder is descended into, with ${store}`, async (t) => {
    const keys = ['a/b/c/1', 'a/b/c/2', 'a/b/d/1', 'a/b/e/1', 'a/b/x'];
    const { listPrefixes } = bucketOf(keys, showsFolderOfStart);
    t.deepEqual(await findSplitPoints(listPrefixes, whole), ['a/b/d/', 'a/b/e/']);
    t.deepEqual(await findSplitPoints(listPrefixes, { ...whole, after: 'a/b/c/1' }), ['a/b/d/', 'a/b/e/']);
    t.deepEqual(await findSplitPoints(listPrefixes, { ...whole, prefix: 'a/b/', upTo: 'a/b/e/' }), ['a/b/d/']);
    t.deepEqual(await findSplitPoints(listPrefixes, { ...whole, prefix: 'a/b/d' }), []);
  });
}

test('descending into single folders is limited', async (t) => {
  const memory = bucketOf(['/'.repeat(200), `${'a/'.repeat(100)}`]);
  t.deepEqual(await findSplitPoints(memory.listPrefixes, { ...whole, prefix: '/' }), []);
  t.true(memory.folderRequests < 10);
});

test('whatever a store returns, the points ascend within the range', async (t) => {
  const key = fc
    .array(fc.constantFrom('a', 'b', '/', '\uff5e', '\u{1f600}'), { maxLength: 5 })
    .map((each) => each.join(''));
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        answers: fc.array(fc.array(key)),
        prefix: key,
        after: fc.option(key),
        upTo: fc.option(key),
        most: fc.integer({ min: 1, max: 5 }),
      }),
      async ({ answers, ...range }) => {
        let asked = 0;
        const points = await findSplitPoints(async () => answers[asked++] ?? [], range);
        t.true(points.length < range.most);
        const bounds = [...(range.after === null ? [] : [range.after]), ...points];
        if (range.upTo !== null && points.length > 0) bounds.push(range.upTo);
        for (const [index, each] of bounds.slice(1).entries()) t.true(compareKeys(bounds[index] ?? '', each) < 0);
      },
    ),
    { numRuns: 500 },
  );
});
