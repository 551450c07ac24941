import test from 'ava';
import fc from 'fast-check';
import { decideStaged, stagedBand } from './decide-staged.ts';
import { reviewConfigSchema } from './review-config.ts';
import type { StagedEvidence } from './staged-evidence.ts';

type Counted = Parameters<typeof decideStaged>[0];

const rate = fc.record({
  ...{ from: fc.constantFrom('preview' as const, 'retro' as const), scanId: fc.constant('scan') },
  ...{ hits: fc.nat(1000), objects: fc.integer({ min: 1, max: 1000 }) },
});
const evidences: fc.Arbitrary<Counted> = fc.record({
  rate: fc.option(rate),
  arrivedObjects: fc.nat(10_000),
  live: fc.record({ contents: fc.nat(50), objects: fc.nat(3000) }),
  isWhole: fc.boolean(),
  soakedDays: fc.double({ min: 0, max: 60, noNaN: true }),
});
const limits = fc.record({
  soakDays: fc.integer({ min: 1, max: 30 }),
  maxTimes: fc.integer({ min: 1, max: 10 }),
  leastHits: fc.nat(20),
});
/** From the mildest to the strictest. */
const order = ['promote', 'soaking', 'remove'];
const more = (evidence: Counted, objects: number): Counted => ({
  ...evidence,
  live: { ...evidence.live, objects: evidence.live.objects + objects },
});

test('more matches never lead to a milder decision, and a removal stays a removal', (t) => {
  fc.assert(
    fc.property(evidences, limits, fc.nat(1000), (evidence, config, objects) => {
      const [before, after] = [decideStaged(evidence, config), decideStaged(more(evidence, objects), config)];
      t.true(order.indexOf(after) >= order.indexOf(before));
    }),
  );
});

test('only time leads from soaking to promotion, and it never leads to or from removal', (t) => {
  fc.assert(
    fc.property(evidences, limits, fc.nat(60), (evidence, config, days) => {
      const [before, after] = [
        decideStaged(evidence, config),
        decideStaged({ ...evidence, soakedDays: evidence.soakedDays + days }, config),
      ];
      t.is(after === 'remove', before === 'remove');
      if (before === 'promote') t.is(after, 'promote');
    }),
  );
});

test('a higher rate, more arrivals or a wider band never cause a removal', (t) => {
  fc.assert(
    fc.property(evidences, limits, fc.nat(1000), (evidence, config, by) => {
      fc.pre(decideStaged(evidence, config) !== 'remove');
      t.not(decideStaged({ ...evidence, arrivedObjects: evidence.arrivedObjects + by }, config), 'remove');
      const higher = evidence.rate === null ? null : { ...evidence.rate, hits: evidence.rate.hits + by };
      t.not(decideStaged({ ...evidence, rate: higher }, config), 'remove');
      t.not(
        decideStaged(evidence, { ...config, maxTimes: config.maxTimes + by, leastHits: config.leastHits + by }),
        'remove',
      );
    }),
  );
});

test('an incomplete count is never promoted', (t) => {
  fc.assert(
    fc.property(evidences, limits, (evidence, config) => {
      t.not(decideStaged({ ...evidence, isWhole: false }, config), 'promote');
    }),
  );
});

test('the band is a multiple of the expected matches, or a number, whichever is more; its edge is inside', (t) => {
  const config = reviewConfigSchema.parse({ staged: { soakDays: 10, maxTimes: 3, leastHits: 5 } }).staged;
  const soaked = { soakedDays: 10, isWhole: true };
  const preview: StagedEvidence['rate'] = { from: 'preview', scanId: 'preview', hits: 2, objects: 100 };
  const counts = (objects: number) => ({ contents: 1, objects });
  t.is(stagedBand({ rate: preview, arrivedObjects: 1000 }, config), 60);
  t.is(stagedBand({ rate: preview, arrivedObjects: 10 }, config), 5);
  t.is(stagedBand({ rate: null, arrivedObjects: 1000 }, config), 5);
  t.is(decideStaged({ ...soaked, rate: preview, arrivedObjects: 1000, live: counts(60) }, config), 'promote');
  t.is(decideStaged({ ...soaked, rate: preview, arrivedObjects: 1000, live: counts(61) }, config), 'remove');
  t.is(
    decideStaged({ ...soaked, soakedDays: 9.99, rate: null, arrivedObjects: 0, live: counts(0) }, config),
    'soaking',
  );
  t.is(decideStaged({ ...soaked, soakedDays: 0, rate: null, arrivedObjects: 0, live: counts(6) }, config), 'remove');
});

test('a rule that no object was scanned with keeps soaking; arrivals or a scan of the corpus change that', (t) => {
  const config = { soakDays: 14, maxTimes: 3, leastHits: 5 };
  const nothing = { rate: null, arrivedObjects: 0, live: { contents: 0, objects: 0 }, isWhole: true, soakedDays: 60 };
  t.is(decideStaged(nothing, config), 'soaking');
  t.is(decideStaged({ ...nothing, arrivedObjects: 1 }, config), 'promote');
  const rate = { from: 'retro' as const, scanId: 'scan', hits: 0, objects: 1 };
  t.is(decideStaged({ ...nothing, rate }, config), 'promote');
});
