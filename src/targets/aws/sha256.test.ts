import { createHash, createHmac } from 'node:crypto';
import test from 'ava';
import fc from 'fast-check';
import { Sha256 } from './sha256.ts';

const pieces = fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 5 });
/** HMAC accepts an empty key; Node's key objects do too. */
const secrets = fc.option(fc.oneof(fc.string({ minLength: 1 }), fc.uint8Array({ minLength: 1, maxLength: 100 })), {
  nil: undefined,
});

test('hashes and HMACs are those of Node, in however many pieces the data come', async (t) => {
  await fc.assert(
    fc.asyncProperty(secrets, pieces, async (secret, data) => {
      const expected = secret === undefined ? createHash('sha256') : createHmac('sha256', secret);
      const hash = new Sha256(secret);
      for (const piece of data) {
        expected.update(piece);
        hash.update(piece);
      }
      t.deepEqual(Buffer.from(await hash.digest()), expected.digest());
    }),
  );
});

test('each key signs for itself, also when keys alternate', async (t) => {
  const keys = ['a', new Uint8Array([1, 2]), 'b', new Uint8Array([1, 3]), 'a', new Uint8Array([1, 2])];
  for (const key of keys) {
    const hash = new Sha256(key);
    hash.update(Buffer.from('text'));
    t.deepEqual(Buffer.from(await hash.digest()), createHmac('sha256', key).update('text').digest());
  }
});

test('a key is the part of its buffer that the view shows', async (t) => {
  const whole = new Uint8Array([9, 1, 2, 9]);
  const hash = new Sha256(whole.subarray(1, 3));
  t.deepEqual(Buffer.from(await hash.digest()), createHmac('sha256', new Uint8Array([1, 2])).digest());
});

test('after a reset, it begins again', async (t) => {
  const hash = new Sha256();
  hash.update(Buffer.from('old'));
  hash.update(Buffer.from('old'));
  hash.reset();
  hash.update(Buffer.from('new'));
  t.deepEqual(Buffer.from(await hash.digest()), createHash('sha256').update('new').digest());
});
