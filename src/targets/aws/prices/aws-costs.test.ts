import test from 'ava';
import fc from 'fast-check';
import {
  type Arrivals,
  gatheredFiles,
  gathering,
  keepingUsage,
  liveUsage,
  monthlyCost,
  retroCost,
  uploadUsage,
} from './aws-costs.ts';
import { dollarsOf, sumOf, type Usage } from './aws-usage.ts';
import { afterFreeTier, freeTier } from './free-tier.ts';
import { secondsPerMonth } from './usage-parts.ts';

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
  // docs/reference/benchmarks.md: S3 0.41, SQS 0.01, DynamoDB 1.15; and some Lambda.
  const cost = retroCost({ listed: 1e6, objects: 1e6, bytes: 4e9 });
  t.true(cost > 1.57 * 0.8 && cost < 2 * 1.2, String(cost));
});

test('an idle stack stays below eight dollars a month, and a million live files below five', (t) => {
  const { idle, live } = monthlyCost({ files: 1e6, averageBytes: 250_000 });
  t.true(sumOf(idle) < 8, String(sumOf(idle)));
  t.true(sumOf(live) < 5, String(sumOf(live)));
});

test('files that arrive close together share an invocation, up to the most of one', (t) => {
  t.is(gatheredFiles(0), 1);
  // One a second, in a window of five seconds.
  t.is(gatheredFiles(secondsPerMonth), 6);
  t.is(gatheredFiles(1e12), gathering.files);
  fc.assert(fc.property(amount, amount, (one, more) => t.true(gatheredFiles(one + more) >= gatheredFiles(one))));
});

test('the free tier is a reduction of what is used, and nothing else', (t) => {
  t.deepEqual(afterFreeTier(freeTier), {});
  t.deepEqual(afterFreeTier({ lambdaRequest: 1.5e6, s3Read: 7 }), { lambdaRequest: 0.5e6, s3Read: 7 });
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
      const { sum, sumAfterFreeTier, ...parts } = monthlyCost({ ...each, monthsKept });
      t.true(sumAfterFreeTier <= sum && sumAfterFreeTier >= 0);
      t.true(
        isNear(
          sum,
          Object.values(parts).reduce((total, part) => total + sumOf(part), 0),
        ),
      );
    }),
  );
});
