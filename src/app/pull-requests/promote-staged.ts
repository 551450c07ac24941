import { messageOf, RearviewError } from '../../domain/errors.ts';
import type { Ruleset } from '../../domain/rulesets/ruleset.ts';
import type { StagedProposal } from '../../gates/decide-staged.ts';
import type { ReviewConfig } from '../../gates/review-config.ts';
import type { CodeHost } from '../../ports/code-host.ts';
import { renderStaged } from '../../pull-requests/markdown/render-staged.ts';
import { type ProposalResult, propose, updateUndue } from './propose.ts';
import { stagedChange } from './staged-change.ts';

const proposalKinds = ['promote', 'remove'] as const;

/** The proposal for one rule. */
export interface PromotedRule extends ProposalResult {
  readonly rule: StagedProposal;
  readonly kind: (typeof proposalKinds)[number];
  readonly body: string;
}

export interface PromoteOptions {
  readonly ruleset: Ruleset;
  readonly rulesPath: string;
  readonly testsPath: string;
  /** See `StagedPlace`. */
  readonly rearview: string;
  readonly limits: ReviewConfig['staged'];
  readonly dryRun: boolean;
  /** Called for a rule that cannot be proposed, if that does not affect the others. */
  readonly onProblem: (rule: StagedProposal, why: string) => Promise<void>;
}

/**
 * Proposes the promotion or removal of the staged rules that are due, each by its own pull request,
 * and updates the open ones.
 * @throws RearviewError `ERR_CONFIG`, `ERR_UNAVAILABLE`: errors that would also stop the other
 *   proposals
 */
export async function promoteStaged(
  host: CodeHost,
  rules: readonly StagedProposal[],
  options: PromoteOptions,
): Promise<readonly PromotedRule[]> {
  if (rules.length === 0) return [];
  const branch = await host.defaultBranch();
  const tip = await host.branchTip(branch);
  if (tip === null)
    throw new RearviewError(
      'ERR_NOT_FOUND',
      `GitHub shows no branch ${branch}: the job needs "permissions: contents: write".`,
    );
  const done: PromotedRule[] = [];
  for (const rule of rules) {
    for (const kind of proposalKinds) {
      try {
        const promoted = await proposeRule(host, { ...tip, branch }, { ...options, rule, kind });
        if (promoted !== null) done.push(promoted);
      } catch (error) {
        if (!(error instanceof RearviewError) || error.code === 'ERR_CONFIG' || error.retryable) throw error;
        await options.onProblem(rule, messageOf(error));
      }
    }
  }
  return done;
}

async function proposeRule(
  host: CodeHost,
  base: Parameters<typeof propose>[1]['base'],
  options: PromoteOptions & Pick<PromotedRule, 'rule' | 'kind'>,
): Promise<PromotedRule | null> {
  const { rule, kind, dryRun } = options;
  const branch = `rearview/${kind}/${rule.logicHash.slice(0, 12)}`;
  const body = renderStaged(rule, options);
  const change = () => stagedChange(host, { ...options, commit: base.sha, branch: base.branch });
  const result =
    rule.decision === kind
      ? await propose(host, { ...{ branch, base, body, change }, title: titleOf(rule, kind) }, { dryRun })
      : await updateUndue(host, { branch, body }, { dryRun });
  return result === null ? null : { ...result, rule, kind, body };
}

/**
 * A title is plain text, and the host searches commit messages for commands (closes #1): the name
 * of a rule only has letters, digits and underscores.
 */
function titleOf({ rule }: StagedProposal, kind: PromotedRule['kind']): string {
  const name = rule.slice(rule.lastIndexOf(':') + 1);
  return kind === 'promote' ? `Promote the staged rule ${name}` : `Remove the staged rule ${name}`;
}
