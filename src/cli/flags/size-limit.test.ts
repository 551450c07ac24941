import test from 'ava';
import { hasCode } from '../../domain/errors.ts';
import { largestMaxObjectBytes } from '../../domain/objects/size-limit.ts';
import { sizeLimitOf } from './size-limit.ts';

test('a size limit above that of the engine is refused, with the fix', (t) => {
  t.is(sizeLimitOf({ maxSize: largestMaxObjectBytes, largeFiles: 'skip' }).maxObjectBytes, 2_147_483_647);
  for (const maxSize of [2 ** 31, 8 * 2 ** 30]) {
    const error = t.throws(() => sizeLimitOf({ maxSize, largeFiles: 'skip' }));
    t.true(hasCode(error, 'ERR_USAGE'));
    t.regex(error?.message ?? '', /2047MiB or less/);
  }
});

test('a first part of no bytes is refused', (t) => {
  t.true(
    hasCode(
      t.throws(() => sizeLimitOf({ maxSize: 0, largeFiles: 'head' })),
      'ERR_USAGE',
    ),
  );
});
