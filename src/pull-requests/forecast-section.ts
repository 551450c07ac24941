import type { ReviewConfig } from '../gates/review-config.ts';
import { reviewSchema, type SectionOf } from './section.ts';

/** Estimate of a retro scan. */
export interface Forecast {
  /** All listed objects. */
  readonly objects: number;
  readonly bytes: number;
  /** Objects to scan; objects above the size limit count with the limit. */
  readonly dueObjects: number;
  readonly dueBytes: number;
  /** Objects that are already covered by all logic. */
  readonly coveredObjects: number;
  /** Objects that the index excludes. */
  readonly excludedObjects: number;
  /**
   * Objects that would be skipped or fail, as far as the listing shows (size, kind, permissions).
   */
  readonly otherObjects: number;
  /** Rules that have not scanned all objects, as `namespace:name`. */
  readonly dueRules: readonly string[];
  /** Milliseconds at the speed of the latest scan that took long enough; null if there is none. */
  readonly expectedMs: number | null;
  /** US dollars, about; on one machine nothing is charged. */
  readonly expectedCost: number;
}

const msPerMinute = 60_000;

/**
 * A plan compared with the budget of the configuration, as a section of a review. An unknown time
 * neither exceeds nor passes the budget.
 */
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
  const {
    objects,
    bytes,
    dueObjects,
    dueBytes,
    coveredObjects,
    excludedObjects,
    otherObjects,
    dueRules,
    expectedCost,
  } = plan;
  return {
    schema: reviewSchema,
    section: 'forecast',
    verdict: over.length > 0 ? 'failed' : maxMinutes !== null && minutes === null ? 'unknown' : 'passed',
    ...{ objects, bytes, dueObjects, dueBytes, coveredObjects, excludedObjects, otherObjects, rules: dueRules.length },
    ...{ expectedMs, expectedCost, budget: { dollars: maxDollars, minutes: maxMinutes }, over },
  };
}

/** To two digits: never down to the budget that it exceeds. */
function roundedUp(value: number): string {
  return (Math.ceil(value * 100) / 100).toFixed(2);
}
