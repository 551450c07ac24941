import { proposalFor, type StagedProposal } from '../../gates/decide-staged.ts';
import type { ReviewConfig } from '../../gates/review-config.ts';
import type { StagedSince } from '../rulesets/staged-rules.ts';
import { stagedEvidence } from './staged-evidence.ts';

/** The staged rules of the active ruleset, judged by the evidence. */
export async function stagedProposals(
  target: Parameters<typeof stagedEvidence>[0],
  since: StagedSince,
  { limits, nowMs }: { readonly limits: ReviewConfig['staged']; readonly nowMs: number },
): Promise<readonly StagedProposal[]> {
  const all = await stagedEvidence(target, { since, nowMs });
  return all.map((evidence) => proposalFor(evidence, limits));
}
