import test from 'ava';
import fc from 'fast-check';
import { hasCode } from '../../../domain/errors.ts';
import { maxBatchEntries, maxMessageBytes, packForSqs } from './pack-for-sqs.ts';

const sizeOf = (bodies: readonly string[]) => bodies.reduce((sum, body) => sum + Buffer.byteLength(body), 0);
/** Sizes around the limits, in characters of one to four bytes. */
const body = fc
  .tuple(
    fc.constantFrom('x', 'ü', '€', '\u{1f600}'),
    fc.oneof(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: maxMessageBytes })),
  )
  .map(([character, bytes]) => character.repeat(Math.max(1, Math.floor(bytes / Buffer.byteLength(character)))));

test('nothing is lost, the order is kept, and every request is within the limits and as full as they allow', (t) => {
  fc.assert(
    fc.property(fc.array(body, { maxLength: 40 }), (bodies) => {
      const batches = packForSqs(bodies);
      t.deepEqual(batches.flat(), bodies);
      for (const [index, batch] of batches.entries()) {
        t.true(batch.length > 0 && batch.length <= maxBatchEntries);
        t.true(sizeOf(batch) <= maxMessageBytes);
        const next = batches[index + 1]?.[0];
        if (next !== undefined) t.true(batch.length === maxBatchEntries || sizeOf([...batch, next]) > maxMessageBytes);
      }
    }),
    { numRuns: 50 },
  );
});

test('ten bodies make one request, and so do two that fill it completely', (t) => {
  t.deepEqual(packForSqs([]), []);
  t.is(packForSqs(Array.from({ length: 10 }, () => 'x')).length, 1);
  t.is(packForSqs(Array.from({ length: 11 }, () => 'x')).length, 2);
  const half = 'x'.repeat(maxMessageBytes / 2);
  t.is(packForSqs([half, half]).length, 1);
  t.is(packForSqs([half, `${half}x`]).length, 2);
});

test('a body that is too large on its own is refused with its size, counted in bytes', (t) => {
  t.is(packForSqs(['x'.repeat(maxMessageBytes)]).length, 1);
  for (const text of ['x'.repeat(maxMessageBytes + 1), 'ü'.repeat(maxMessageBytes / 2 + 1)]) {
    const error = t.throws(() => packForSqs(['fine', text]));
    t.true(hasCode(error, 'ERR_CONFIG'));
    t.true(error?.message.includes(String(Buffer.byteLength(text))));
  }
  t.true(
    hasCode(
      t.throws(() => packForSqs([''])),
      'ERR_CONFIG',
    ),
  );
});
