import test from 'ava';
import { hasCode } from '../../domain/errors.ts';
import { parseDuration } from './parse-duration.ts';

test('a duration is a number with a unit', (t) => {
  t.deepEqual(['90s', '20m', '1.5 h', '2d', '250ms', '1w'].map(parseDuration), [
    ...[90_000, 1_200_000, 5_400_000, 172_800_000, 250, 604_800_000],
  ]);
  for (const text of ['', '20', 'm', '-1s', '1y', '2026-01-31', '1constructor', `${'9'.repeat(400)}d`]) {
    t.true(
      hasCode(
        t.throws(() => parseDuration(text)),
        'ERR_USAGE',
      ),
    );
  }
});
