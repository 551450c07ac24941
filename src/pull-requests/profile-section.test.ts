import test from 'ava';
import { detailSteps } from './markdown/detail.ts';
import { viewProfile } from './markdown/view-profile.ts';
import { profileSection, type RuleCost } from './profile-section.ts';
import { reviewSectionSchema } from './section.ts';

const cost = (rule: string, times: number): RuleCost => ({
  ...{ rule, times, kind: 'html', msPerMiB: times * 2, timedOut: times > 1000 },
  slowest: { identifier: '$a', times },
});
const section = (maxTimes: number | null, more: Partial<Parameters<typeof profileSection>[0]> = {}) =>
  profileSection({
    rules: [cost('a.yar:Slow', 60), cost('a.yar:Fast', 1)],
    failed: [],
    unmeasured: 0,
    maxTimes,
    ...more,
  });

test('a rule above the budget fails the gate, and without a budget none does', (t) => {
  t.like(section(20), { verdict: 'failed', measured: 2, over: 1, rules: [{ over: true }, { over: false }] });
  t.like(section(60), { verdict: 'passed', over: 0 });
  t.like(section(null), { verdict: 'passed', over: 0 });
});

test('with a budget, a rule that was not measured is neither below nor above it', (t) => {
  const failed = [{ rule: 'a.yar:Odd', reason: 'why' }];
  for (const more of [{ failed }, { unmeasured: 3 }]) {
    t.is(section(100, more).verdict, 'unknown');
    t.is(section(null, more).verdict, 'passed');
    t.is(section(20, more).verdict, 'failed');
  }
  t.deepEqual(section(100, { failed, unmeasured: 3 }).notes, [
    '3 more changed rules were not measured.',
    'a.yar:Odd was not measured: why',
  ]);
});

test('a section of any size is within its bounds, and is shown with its sums', (t) => {
  const rules = Array.from({ length: 300 }, (_, at) => cost(`${'x'.repeat(900)}:R${at}`, 2000 - at));
  const failed = Array.from({ length: 300 }, () => ({ rule: 'y'.repeat(2000), reason: 'z'.repeat(2000) }));
  const long = section(20, { rules, failed });
  t.deepEqual(reviewSectionSchema.parse(long), long);
  t.is(long.omitted, 250);
  const [detail] = detailSteps;
  if (detail === undefined) return t.fail();
  t.regex(
    viewProfile(section(20), detail).line.markup,
    /2 rules, at most 60\.0 times the cost of a plain text: 1 above the budget of 20$/,
  );
  t.regex(viewProfile(long, detail).line.markup, /2000\.0 times or more/);
  t.regex(viewProfile(section(null, { rules: [] }), detail).line.markup, /no rule to measure/);
});
