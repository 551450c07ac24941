import test from 'ava';
import fc from 'fast-check';
import { type Arrivals, keepingUsage, liveUsage, monthlyCost, retroCost, uploadUsage } from './aws-costs.ts';
import { dollarsOf, sumOf, type Usage } from './aws-usage.ts';

const amount = fc.nat(1e9);
const arrivals = fc.record({
  files: amount,
  averageBytes: amount,
  matchShare: fc.double({ min: 0, max: 1, noNaN: true }),
  filesPerInvocation: fc.integer({ min: 1, max: 1000 }),
});
const costOf = (usage: Usage) => sumOf(dollarsOf(usage));
const isNear = (a: number, b: number) => Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a), Math.abs(b));

test('a retro scan of a million small objects costs what the benchmark counts, within a fifth', (t) => {
  // docs/reference/benchmarks.md: S3 0.41, SQS 0.01, DynamoDB 1.78; and some Lambda.
  const cost = retroCost({ listed: 1e6, objects: 1e6, bytes: 4e9 });
  t.true(cost > 2.2 * 0.8 && cost < 2.6 * 1.2, String(cost));
});

test('live analysis costs what the benchmark counts, within a tenth', (t) => {
  // docs/reference/benchmarks.md, per million: ten messages per invocation, one in a hundred matches; and
  // every object matches. The benchmark has no emails.
  const counted = [
    { matchShare: 0.01, S3: 0.4, SQS: 0.48, DynamoDB: 2.89 },
    { matchShare: 1, S3: 0.4, SQS: 0.48, DynamoDB: 14.28 },
  ];
  for (const { matchShare, ...each } of counted) {
    const { S3, SQS, DynamoDB } = dollarsOf(
      liveUsage({ files: 1e6, averageBytes: 4000, matchShare, filesPerInvocation: 10 }),
    );
    for (const [is, expected] of [
      [S3, each.S3],
      [SQS, each.SQS],
      [DynamoDB, each.DynamoDB],
    ] as const) {
      t.true(Math.abs(is - expected) <= expected / 10, `${is} is not about ${expected}`);
    }
  }
});

test('more work costs more, and no work nothing', (t) => {
  t.is(retroCost({ listed: 0, objects: 0, bytes: 0 }), 0);
  t.is(costOf(liveUsage({ files: 0, averageBytes: 1e6 })), 0);
  const more = fc.integer({ min: 1, max: 1000 });
  fc.assert(
    fc.property(amount, amount, amount, more, (listed, objects, bytes, added) => {
      const cost = retroCost({ listed, objects, bytes });
      t.true(retroCost({ listed: listed + added, objects, bytes }) > cost);
      t.true(retroCost({ listed, objects: objects + added, bytes }) > cost);
      t.true(retroCost({ listed, objects, bytes: bytes + added }) > cost);
    }),
  );
  fc.assert(
    fc.property(arrivals, more, (each, added) => {
      const { sum } = monthlyCost(each);
      t.true(monthlyCost({ ...each, files: each.files + added }).sum > sum);
      t.true(monthlyCost({ ...each, averageBytes: each.averageBytes + added }).sum >= sum);
      t.true(monthlyCost({ ...each, monthsKept: 2 }).sum >= sum);
      t.true(monthlyCost({ ...each, filesPerInvocation: each.filesPerInvocation + added }).sum <= sum + 1e-9);
    }),
  );
});

test('the costs of files are additive, however they are divided', (t) => {
  const parts: readonly ((arrivals: Arrivals) => Usage)[] = [uploadUsage, liveUsage, keepingUsage];
  fc.assert(
    fc.property(arrivals, amount, (each, files) => {
      for (const usageOf of parts) {
        const divided = costOf(usageOf(each)) + costOf(usageOf({ ...each, files }));
        t.true(isNear(costOf(usageOf({ ...each, files: each.files + files })), divided));
      }
    }),
  );
});

test('an idle stack costs the same whatever arrived', (t) => {
  const { idle, sum } = monthlyCost({ files: 0, averageBytes: 0 });
  t.true(isNear(sumOf(idle), sum));
  fc.assert(fc.property(arrivals, (each) => void t.deepEqual(monthlyCost(each).idle, idle)));
});

test('the sum is the sum of its parts', (t) => {
  fc.assert(
    fc.property(arrivals, fc.nat(100), (each, monthsKept) => {
      const { sum, ...parts } = monthlyCost({ ...each, monthsKept });
      t.true(
        isNear(
          sum,
          Object.values(parts).reduce((total, part) => total + sumOf(part), 0),
        ),
      );
    }),
  );
});
