import { gzipSync } from 'node:zlib';
import test from 'ava';
import fc from 'fast-check';
import { packJson, unpackJson } from './pack-json.ts';

test('a value of any size comes back, and has the same bytes however it is compressed', async (t) => {
  const sizes = fc.oneof(fc.integer({ max: 100, min: 0 }), fc.integer({ max: 40_000, min: 0 }));
  await fc.assert(
    fc.asyncProperty(sizes, fc.string(), async (size, text) => {
      const value = { text, more: Array.from({ length: size / 4 }, (_, index) => (index * 7919) % 991) };
      const bytes = await packJson(value);
      t.deepEqual(unpackJson(bytes), value);
      t.is(Buffer.compare(bytes, gzipSync(JSON.stringify(value), { level: 6 })), 0);
    }),
    { numRuns: 50 },
  );
});
