import test from 'ava';
import fc from 'fast-check';
import type { ObjectInfo } from '../../domain/objects/object.ts';
import { packBatches } from './pack-batches.ts';

const objects = fc
  .array(fc.nat({ max: 200 }))
  .map((sizes) =>
    sizes.map((size, index): ObjectInfo => ({ bucket: 'b', key: String(index), version: '1', size, arrivedAt: '' })),
  );
const limits = fc.record({ maxObjects: fc.integer({ min: 1, max: 10 }), maxBytes: fc.integer({ min: 1, max: 300 }) });

test('every object is in exactly one batch, in order', (t) => {
  fc.assert(
    fc.property(objects, limits, (all, limit) => {
      t.deepEqual(packBatches(all, limit).flat(), all);
    }),
  );
});

test('no batch exceeds a limit, except for a single object that is too large', (t) => {
  fc.assert(
    fc.property(objects, limits, (all, limit) => {
      for (const batch of packBatches(all, limit)) {
        const bytes = batch.reduce((sum, each) => sum + each.size, 0);
        t.true(batch.length > 0 && batch.length <= limit.maxObjects);
        t.true(bytes <= limit.maxBytes || batch.length === 1);
      }
    }),
  );
});

test('no batch could take the first object of the next', (t) => {
  fc.assert(
    fc.property(objects, limits, (all, limit) => {
      const batches = packBatches(all, limit);
      for (const [index, batch] of batches.slice(0, -1).entries()) {
        const bytes = batch.reduce((sum, each) => sum + each.size, 0) + (batches[index + 1]?.[0]?.size ?? 0);
        t.true(batch.length === limit.maxObjects || bytes > limit.maxBytes);
      }
    }),
  );
});
