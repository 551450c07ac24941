import type { ReviewConfig } from './review-config.ts';
import { reviewSchema, type SectionOf } from './section.ts';

/** What a plan of a retro scan says. */
export interface Forecast {
  readonly objects: number;
  readonly bytes: number;
  readonly dueObjects: number;
  readonly dueBytes: number;
  readonly coveredObjects: number;
  readonly otherObjects: number;
  readonly dueRules: readonly string[];
  /** Milliseconds; null where no scan has told the pace yet. */
  readonly expectedMs: number | null;
  /** US dollars. */
  readonly expectedCost: number;
}

const msPerMinute = 60_000;

/** A plan held against the budget of the configuration, as a section of a review. A time that is not known can exceed nothing, and passes nothing. */
export function forecastSection(
  plan: Forecast,
  { maxDollars, maxMinutes }: ReviewConfig['forecast'],
): SectionOf<'forecast'> {
  // Nothing to scan takes no time, whatever the pace.
  const expectedMs = plan.dueObjects === 0 ? 0 : plan.expectedMs;
  const minutes = expectedMs === null ? null : expectedMs / msPerMinute;
  const over = [
    ...(maxDollars !== null && plan.expectedCost > maxDollars
      ? [`It would cost about $${roundedUp(plan.expectedCost)}; the budget is $${maxDollars} (forecast.maxDollars).`]
      : []),
    ...(maxMinutes !== null && minutes !== null && minutes > maxMinutes
      ? [`It would take about ${roundedUp(minutes)} minutes; the budget is ${maxMinutes} (forecast.maxMinutes).`]
      : []),
  ];
  const { objects, bytes, dueObjects, dueBytes, coveredObjects, otherObjects, dueRules, expectedCost } = plan;
  return {
    schema: reviewSchema,
    section: 'forecast',
    verdict: over.length > 0 ? 'failed' : maxMinutes !== null && minutes === null ? 'unknown' : 'passed',
    ...{ objects, bytes, dueObjects, dueBytes, coveredObjects, otherObjects, rules: dueRules.length },
    ...{ expectedMs, expectedCost, budget: { dollars: maxDollars, minutes: maxMinutes }, over },
  };
}

/** To two digits: never down to the budget that it exceeds. */
function roundedUp(value: number): string {
  return (Math.ceil(value * 100) / 100).toFixed(2);
}
