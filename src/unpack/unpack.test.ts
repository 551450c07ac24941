import test from 'ava';
import { openSpecimen } from '../testing/specimens/open-specimen.ts';
import { zipOf } from '../testing/specimens/zip-of.ts';
import { createProbe } from './probe.ts';
import { reasonOf } from './types.ts';

test('content on which the search for formats fails is recorded, and the rest is opened', async (t) => {
  const zip = zipOf({ a: 'x', b: 'y' });
  const broken = Object.defineProperty(zipOf({ c: 'z' }), 'buffer', {
    get: () => {
      throw new TypeError('a fault of a reader');
    },
  });
  t.throws(() => createProbe(broken));
  t.deepEqual((await openSpecimen(broken)).missed, [': unpacker_crash']);
  t.deepEqual((await openSpecimen(zip)).members, [
    ['a', 'x'],
    ['b', 'y'],
  ]);
});

test('a fault of an opener is told from content that cannot be read', (t) => {
  t.is(reasonOf(new TypeError('x is not a function')), 'unpacker_crash');
  t.is(reasonOf(new ReferenceError('x is not defined')), 'unpacker_crash');
  for (const error of [new Error('the chain ends'), new RangeError('beyond the end')]) t.is(reasonOf(error), 'damaged');
});
