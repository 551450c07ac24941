import test from 'ava';
import { detailSteps } from './markdown/detail.ts';
import { viewProfile } from './markdown/view-profile.ts';
import { profileSection, type RuleCost } from './profile-section.ts';
import { reviewSectionSchema } from './section.ts';

const cost = (rule: string, times: number, budget: RuleCost['budget'] = null): RuleCost => ({
  ...{ rule, times, budget, kind: 'html', msPerMiB: times * 2, timedOut: times > 1000 },
  slowest: { identifier: '$a', times },
});
const fails = (maxTimes: number) => ({ maxTimes, fails: true });
const reports = (maxTimes: number) => ({ maxTimes, fails: false });
const section = (maxTimes: number | null, more: Partial<Parameters<typeof profileSection>[0]> = {}) => {
  const budget = maxTimes === null ? null : fails(maxTimes);
  const rules = [cost('a.yar:Slow', 60, budget), cost('a.yar:Fast', 1, budget)];
  return profileSection({ rules, failed: [], unmeasured: [], maxTimes, ...more });
};

test('a rule above the budget fails the gate, and without a budget none does', (t) => {
  t.like(section(20), { verdict: 'failed', measured: 2, over: 1, rules: [{ over: true }, { over: false }] });
  t.like(section(60), { verdict: 'passed', over: 0 });
  t.like(section(null), { verdict: 'passed', over: 0 });
});

test('a staged rule above the budget of its source is reported, and fails nothing', (t) => {
  const rules = [cost('vendor/a/a.yar:Slow', 60, reports(20)), cost('a.yar:Fast', 1, fails(30))];
  const found = section(30, { rules });
  t.like(found, { verdict: 'passed', over: 0, reported: 1, rules: [{ over: true, budget: 20, staged: true }] });
  t.deepEqual(reviewSectionSchema.parse(found), found);
  const [detail] = detailSteps;
  if (detail === undefined) return t.fail();
  t.regex(viewProfile(found, detail).line.markup, /: 0 above their budget, and 1 staged rule$/);
  t.is(section(30, { rules: [cost('vendor/a/a.yar:Slow', 60, fails(20))] }).verdict, 'failed');
});

test('a rule that can fail and was not measured makes the result unknown', (t) => {
  const failed = [{ rule: 'a.yar:Odd', reason: 'why', budget: fails(100) }];
  const unmeasured = [{ budget: fails(100) }, { budget: reports(100) }, { budget: null }];
  for (const more of [{ failed }, { unmeasured }]) {
    t.is(section(100, more).verdict, 'unknown');
    t.is(section(20, more).verdict, 'failed');
  }
  t.is(section(100, { unmeasured: unmeasured.slice(1) }).verdict, 'passed');
  t.deepEqual(section(100, { failed, unmeasured }).notes, [
    '3 of 5 changed rules were not measured: they did not fit into the time or number of one run.',
    'a.yar:Odd was not measured: why',
  ]);
});

test('a section of any size is within its bounds, and is shown with its sums', (t) => {
  const rules = Array.from({ length: 300 }, (_, at) => cost(`${'x'.repeat(900)}:R${at}`, 2000 - at, fails(20)));
  const failed = Array.from({ length: 300 }, () => ({
    rule: 'y'.repeat(2000),
    reason: 'z'.repeat(2000),
    budget: null,
  }));
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
