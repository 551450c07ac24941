import type { ReviewConfig } from '../gates/review-config.ts';
import { reviewSchema, type SectionOf } from './section.ts';

/** What a plan of a retro scan says. */
export interface Forecast {
  /** All that the listing yields. */
  readonly objects: number;
  readonly bytes: number;
  /** What would be scanned; of objects above the limit no more than the limit. */
  readonly dueObjects: number;
  readonly dueBytes: number;
  /** What has been covered with all the logic already. */
  readonly coveredObjects: number;
  /** What would be skipped or fail, as far as the listing tells (size, kind, permissions). */
  readonly otherObjects: number;
  /** Rules whose logic some object lacks, as `namespace:name`. */
  readonly dueRules: readonly string[];
  /** Milliseconds at the pace of the latest scan that took long enough to tell; null where there is none. */
  readonly expectedMs: number | null;
  /** US dollars, about; on one machine nothing is charged. */
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
