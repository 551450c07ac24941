import { stagedEvidence } from '../app/staged-evidence.ts';
import type { StagedSince } from '../app/staged-rules.ts';
import type { Home } from '../homes/home.ts';
import { decideStaged, type StagedDecision, stagedBand } from '../reviews/decide-staged.ts';
import type { ReviewConfig } from '../reviews/review-config.ts';
import type { StagedEvidence } from '../reviews/staged-evidence.ts';

/** A staged rule in force, and what is proposed for it. */
export interface JudgedRule extends StagedEvidence {
  readonly decision: StagedDecision;
  /** Most objects that it may have hit of those that arrived; see `stagedBand`. */
  readonly band: number;
}

/** The staged rules in force, judged by the evidence. */
export async function judgedStaged(
  home: Home,
  since: StagedSince,
  { staged: limits }: Pick<ReviewConfig, 'staged'>,
): Promise<readonly JudgedRule[]> {
  const all = await stagedEvidence(home, { since, nowMs: Date.now() });
  return all.map((evidence) => ({
    ...{ ...evidence, decision: decideStaged(evidence, limits), band: stagedBand(evidence, limits) },
  }));
}
