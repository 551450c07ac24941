import { stagedEvidence } from '../app/staged-evidence.ts';
import type { StagedSince } from '../app/staged-rules.ts';
import type { Home } from '../homes/home.ts';
import { type JudgedRule, judgeStaged } from '../reviews/decide-staged.ts';
import type { ReviewConfig } from '../reviews/review-config.ts';

/** The staged rules in force, judged by the evidence. */
export async function judgedStaged(
  home: Home,
  since: StagedSince,
  { staged: limits }: Pick<ReviewConfig, 'staged'>,
): Promise<readonly JudgedRule[]> {
  const all = await stagedEvidence(home, { since, nowMs: Date.now() });
  return all.map((evidence) => judgeStaged(evidence, limits));
}
