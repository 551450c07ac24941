import type { ReviewConfig } from './review-config.ts';
import type { StagedEvidence } from './staged-evidence.ts';

/**
 * `soaking`: it stays staged. `promote`: it may alert. `remove`: it matches more than its preview
 * predicted.
 */
export type StagedDecision = 'soaking' | 'promote' | 'remove';

type Limits = ReviewConfig['staged'];

/**
 * Maximum number of matched objects among those that arrived: a multiple of the number its rate
 * predicts, or `leastHits`, whichever is more. Without a rate it is `leastHits`. May be fractional.
 */
export function stagedBand(
  { rate, arrivedObjects }: Pick<StagedEvidence, 'rate' | 'arrivedObjects'>,
  limits: Limits,
): number {
  const expected = rate === null ? 0 : (rate.hits / rate.objects) * arrivedObjects;
  return Math.max(limits.leastHits, limits.maxTimes * expected);
}

/**
 * Returns the proposal for a staged rule. Outside its band it is `remove`, however long it is
 * staged. A rule with an incomplete count is not promoted. Neither is a rule that no object was
 * scanned with: its lack of matches proves nothing.
 */
export function decideStaged(
  evidence: Pick<StagedEvidence, 'rate' | 'arrivedObjects' | 'live' | 'isWhole' | 'soakedDays'>,
  limits: Limits,
): StagedDecision {
  if (evidence.live.objects > stagedBand(evidence, limits)) return 'remove';
  const isTried = evidence.rate !== null || evidence.arrivedObjects > 0;
  return evidence.soakedDays >= limits.soakDays && evidence.isWhole && isTried ? 'promote' : 'soaking';
}

/** A staged rule of the active ruleset, with its proposal. */
export interface StagedProposal extends StagedEvidence {
  readonly decision: StagedDecision;
  /** See `stagedBand`. */
  readonly band: number;
}

/** Decides on a rule by its evidence. */
export function proposalFor(evidence: StagedEvidence, limits: Limits): StagedProposal {
  return { ...evidence, decision: decideStaged(evidence, limits), band: stagedBand(evidence, limits) };
}
