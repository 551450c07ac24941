import { stagedEvidence } from '../app/gates/staged-evidence.ts';
import type { StagedSince } from '../app/rulesets/staged-rules.ts';
import { type JudgedRule, judgeStaged } from '../gates/decide-staged.ts';
import type { ReviewConfig } from '../gates/review-config.ts';
import type { Target } from '../targets/target.ts';

/** The staged rules in force, judged by the evidence. */
export async function judgedStaged(
  target: Target,
  since: StagedSince,
  { staged: limits }: Pick<ReviewConfig, 'staged'>,
): Promise<readonly JudgedRule[]> {
  const all = await stagedEvidence(target, { since, nowMs: Date.now() });
  return all.map((evidence) => judgeStaged(evidence, limits));
}
