import test from 'ava';
import fc from 'fast-check';
import { visibilityTimeoutOf } from './visibility-timeout.ts';

test("a message stays hidden for six times its function's timeout, plus the batching window", (t) => {
  t.is(visibilityTimeoutOf({ timeoutSeconds: 120 }), 720);
  t.is(visibilityTimeoutOf({ timeoutSeconds: 120, batchWindowSeconds: 30 }), 750);
});

test('it is never shorter than the timeout, never longer than the limit of SQS, and grows with both', (t) => {
  const seconds = fc.nat({ max: 50_000 });
  fc.assert(
    fc.property(seconds, seconds, fc.nat({ max: 300 }), (timeout, longer, batchWindowSeconds) => {
      const of = (timeoutSeconds: number) => visibilityTimeoutOf({ timeoutSeconds, batchWindowSeconds });
      t.true(of(timeout) <= 43_200);
      t.true(of(timeout) >= Math.min(43_200, timeout + batchWindowSeconds));
      t.true(of(timeout + longer) >= of(timeout));
    }),
  );
});
