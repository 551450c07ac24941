import type { Review } from './review.ts';

/** How a review ends, as the check run of a commit says it. */
export interface Judgement {
  /** `neutral` does not keep from merging: it asks a person to look. */
  readonly conclusion: 'success' | 'failure' | 'neutral';
  readonly reason: 'passed' | 'no-rules' | 'gate' | 'incomplete' | 'base' | 'own-checks' | 'files-unknown' | 'unknown';
}

/**
 * Judges a review. What did not report fails: a crash must not open a gate. Where the pull request changes what checks it, or goes to a branch that may have
 * other workflows than the default one, what passed has shown nothing.
 */
export function judgeReview({
  sections,
  missing,
  refused,
  runConclusion,
  bases,
  ownChecks,
  areFilesKnown,
  isOfNoRules,
}: Review): Judgement {
  if (sections.some(({ verdict }) => verdict === 'failed')) return { conclusion: 'failure', reason: 'gate' };
  const hasEnded = runConclusion === null || runConclusion === 'success';
  const isEmpty = sections.length === 0 && !isOfNoRules;
  if (missing.length > 0 || refused.length > 0 || isEmpty || !hasEnded) {
    return { conclusion: 'failure', reason: 'incomplete' };
  }
  if (bases.others.length > 0 || bases.haveChanged) return { conclusion: 'neutral', reason: 'base' };
  if (ownChecks.length > 0) return { conclusion: 'neutral', reason: 'own-checks' };
  if (!areFilesKnown) return { conclusion: 'neutral', reason: 'files-unknown' };
  if (sections.some(({ verdict }) => verdict === 'unknown')) return { conclusion: 'neutral', reason: 'unknown' };
  return { conclusion: 'success', reason: isOfNoRules ? 'no-rules' : 'passed' };
}
