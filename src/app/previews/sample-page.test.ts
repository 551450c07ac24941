import test from 'ava';
import fc from 'fast-check';
import type { ObjectInfo, ObjectRef } from '../../domain/objects/object.ts';
import { isInSample } from '../../domain/scans/in-sample.ts';
import type { LedgerEntry } from '../../domain/scans/outcome.ts';
import type { ObjectRecord } from '../../ports/record-store.ts';
import { samplePage } from './sample-page.ts';

const objectOf = (key: string): ObjectInfo => ({ bucket: 'b', key, version: '1', size: 1, arrivedAt: '2026' });
const problemOf = (key: string): LedgerEntry => ({
  ...{ bucket: 'b', key, version: '', size: 0 },
  outcome: { status: 'skipped', reason: 'not_a_regular_file' },
});
const sha256Of = (key: string) => (key.length % 2 === 0 ? 'ab'.repeat(32) : null);

/** Records of every object, and whom they were asked about. */
function createRecords() {
  const asked: string[] = [];
  const getMany = async (refs: readonly ObjectRef[]) => {
    asked.push(...refs.map(({ key }) => key));
    return refs.map(
      ({ bucket, key, version }): ObjectRecord => ({
        ...{ bucket, key, version, size: 1, sha256: sha256Of(key), outcome: { status: 'scanned', matches: 0 } },
        ...{ scanId: 's', updatedAt: '2026', coverage: [] },
      }),
    );
  };
  return { asked, getMany };
}

test('the sample of a corpus does not depend on its pages', async (t) => {
  const keys = fc.uniqueArray(fc.string(), { maxLength: 40 });
  const scope = fc.record({
    sample: fc.double({ min: 0, max: 1, noNaN: true }),
    sha256: fc.constantFrom([], ['ab'.repeat(32)], ['cd'.repeat(32)]),
  });
  const holds = fc.asyncProperty(keys, scope, fc.integer({ min: 1, max: 40 }), async (all, preview, size) => {
    const found: string[] = [];
    for (let at = 0; at < all.length; at += size) {
      const some = all.slice(at, at + size);
      const page = { objects: some.map(objectOf), problems: some.map(problemOf), next: at };
      const taken = await samplePage(createRecords(), preview, page);
      t.is(taken.next, at);
      t.deepEqual(
        taken.problems,
        page.problems.filter((entry) => isInSample(entry, preview.sample)),
      );
      found.push(...taken.objects.map(({ key }) => key));
    }
    const isNamed = (key: string) => preview.sha256.some((each) => each === sha256Of(key));
    t.deepEqual(
      found,
      all.filter((key) => isInSample(objectOf(key), preview.sample) || isNamed(key)),
    );
  });
  await fc.assert(holds);
});

test('records are only read if contents are looked for, and only outside the sample', async (t) => {
  const keys = Array.from({ length: 50 }, (_, index) => `${index}`);
  const page = { objects: keys.map(objectOf), problems: [] };
  const records = createRecords();
  await samplePage(records, { sample: 0.5, sha256: [] }, page);
  t.deepEqual(records.asked, []);
  await samplePage(records, { sample: 1, sha256: ['ab'.repeat(32)] }, page);
  t.deepEqual(records.asked, []);
  await samplePage(records, { sample: 0.5, sha256: ['ab'.repeat(32)] }, page);
  t.deepEqual(
    records.asked,
    keys.filter((key) => !isInSample(objectOf(key), 0.5)),
  );
});
