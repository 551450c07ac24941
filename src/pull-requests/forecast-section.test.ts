import test from 'ava';
import { forecastSection } from './forecast-section.ts';
import { reviewSectionSchema } from './section.ts';

const plan = {
  ...{ objects: 10, bytes: 1000, dueObjects: 4, dueBytes: 400, coveredObjects: 4, excludedObjects: 1, otherObjects: 1 },
  ...{ dueRules: ['a.yar:A'], expectedMs: 90_000, expectedCost: 2.5 },
};

test('a plan within its budget, or without one, passes', (t) => {
  for (const budget of [
    { maxDollars: null, maxMinutes: null },
    { maxDollars: 2.5, maxMinutes: 1.5 },
  ]) {
    const section = forecastSection(plan, budget);
    t.like(section, { verdict: 'passed', over: [], rules: 1, expectedMs: 90_000 });
    t.deepEqual(reviewSectionSchema.parse(section), section);
  }
});

test('each budget that is exceeded is named, with its amount', (t) => {
  const section = forecastSection({ ...plan, expectedCost: 2.501 }, { maxDollars: 2.5, maxMinutes: 1 });
  t.is(section.verdict, 'failed');
  t.deepEqual(section.over, [
    'It would cost about $2.51; the budget is $2.5 (forecast.maxDollars).',
    'It would take about 1.50 minutes; the budget is 1 (forecast.maxMinutes).',
  ]);
  t.deepEqual(section.budget, { dollars: 2.5, minutes: 1 });
});

test('a budget of nothing is a budget', (t) => {
  t.is(forecastSection(plan, { maxDollars: 0, maxMinutes: null }).verdict, 'failed');
  t.is(forecastSection(plan, { maxDollars: null, maxMinutes: 0 }).verdict, 'failed');
});

test('a time that is not known passes nothing that bounds it, and exceeds nothing', (t) => {
  const unknown = { ...plan, expectedMs: null };
  t.like(forecastSection(unknown, { maxDollars: null, maxMinutes: 1 }), {
    verdict: 'unknown',
    over: [],
    expectedMs: null,
  });
  t.is(forecastSection(unknown, { maxDollars: 5, maxMinutes: null }).verdict, 'passed');
  t.is(forecastSection(unknown, { maxDollars: 1, maxMinutes: 1 }).verdict, 'failed');
});

test('nothing to scan takes no time, whatever the pace', (t) => {
  const idle = { ...plan, dueObjects: 0, dueBytes: 0, expectedMs: null };
  t.like(forecastSection(idle, { maxDollars: null, maxMinutes: 0 }), { verdict: 'passed', expectedMs: 0 });
});
