import { stagedEvidence } from '../app/gates/staged-evidence.ts';
import type { StagedSince } from '../app/rulesets/staged-rules.ts';
import { type JudgedRule, judgeStaged } from '../gates/decide-staged.ts';
import type { ReviewConfig } from '../gates/review-config.ts';
import type { Home } from '../targets/home.ts';

/** The staged rules in force, judged by the evidence. */
export async function judgedStaged(
  home: Home,
  since: StagedSince,
  { staged: limits }: Pick<ReviewConfig, 'staged'>,
): Promise<readonly JudgedRule[]> {
  const all = await stagedEvidence(home, { since, nowMs: Date.now() });
  return all.map((evidence) => judgeStaged(evidence, limits));
}
