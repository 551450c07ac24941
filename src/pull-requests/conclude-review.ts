import type { Review } from './review.ts';

/** Conclusion of a review, as in the check run of a commit. */
export interface ReviewConclusion {
  /** `neutral` does not block a merge, but needs a person to look. */
  readonly conclusion: 'success' | 'failure' | 'neutral';
  readonly reason: 'passed' | 'no-rules' | 'gate' | 'incomplete' | 'base' | 'own-checks' | 'files-unknown' | 'unknown';
}

/**
 * Concludes a review. A missing section fails, because a crash must not pass a gate. The result is
 * at best neutral if the pull request changes its own checks or has another base than the default
 * branch.
 */
export function concludeReview({
  sections,
  missing,
  refused,
  runConclusion,
  bases,
  ownChecks,
  areFilesKnown,
  isOfNoRules,
}: Review): ReviewConclusion {
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
