import test from 'ava';
import fc from 'fast-check';
import { retroCost } from './aws-prices.ts';

test('a retro scan of a million small objects takes what the bench counts, within a fifth', (t) => {
  // docs/benchmarks.md: S3 0.41, SQS 0.01, DynamoDB 1.78; and some Lambda.
  const cost = retroCost({ listed: 1e6, objects: 1e6, bytes: 4e9 });
  t.true(cost > 2.2 * 0.8 && cost < 2.6 * 1.2, String(cost));
});

test('more work costs more, and no work nothing', (t) => {
  const amount = fc.nat(1e9);
  t.is(retroCost({ listed: 0, objects: 0, bytes: 0 }), 0);
  fc.assert(
    fc.property(amount, amount, amount, fc.integer({ min: 1, max: 1000 }), (listed, objects, bytes, more) => {
      const cost = retroCost({ listed, objects, bytes });
      t.true(retroCost({ listed: listed + more, objects, bytes }) > cost);
      t.true(retroCost({ listed, objects: objects + more, bytes }) > cost);
      t.true(retroCost({ listed, objects, bytes: bytes + more }) > cost);
    }),
  );
});
