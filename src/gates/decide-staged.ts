import type { ReviewConfig } from './review-config.ts';
import type { StagedEvidence } from './staged-evidence.ts';

/** `soaking`: it is watched on. `promote`: it may alert. `remove`: it hits more than its preview made one expect. */
export type StagedDecision = 'soaking' | 'promote' | 'remove';

type Limits = ReviewConfig['staged'];

/**
 * Most objects that a rule may have hit, of those that arrived: so many times what its rate makes one expect of them, or `leastHits`, whichever is more. Without a
 * rate it is `leastHits`. May have a fraction.
 */
export function stagedBand(
  { rate, arrivedObjects }: Pick<StagedEvidence, 'rate' | 'arrivedObjects'>,
  limits: Limits,
): number {
  const expected = rate === null ? 0 : (rate.hits / rate.objects) * arrivedObjects;
  return Math.max(limits.leastHits, limits.maxTimes * expected);
}

/**
 * What is proposed for a staged rule. Out of its band it is `remove`, however long it is staged; what could not be counted to the end is not promoted, nor is
 * a rule that nothing was ever scanned with: that it hit nothing says nothing.
 */
export function decideStaged(
  evidence: Pick<StagedEvidence, 'rate' | 'arrivedObjects' | 'live' | 'isWhole' | 'soakedDays'>,
  limits: Limits,
): StagedDecision {
  if (evidence.live.objects > stagedBand(evidence, limits)) return 'remove';
  const isTried = evidence.rate !== null || evidence.arrivedObjects > 0;
  return evidence.soakedDays >= limits.soakDays && evidence.isWhole && isTried ? 'promote' : 'soaking';
}

/** A staged rule in force, and what is proposed for it. */
export interface JudgedRule extends StagedEvidence {
  readonly decision: StagedDecision;
  /** As `stagedBand`. */
  readonly band: number;
}

/** Judges a rule by the evidence. */
export function judgeStaged(evidence: StagedEvidence, limits: Limits): JudgedRule {
  return { ...evidence, decision: decideStaged(evidence, limits), band: stagedBand(evidence, limits) };
}
