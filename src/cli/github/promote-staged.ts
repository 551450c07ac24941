import { branchTip, defaultBranch } from '../../adapters/github/branches.ts';
import type { GithubClient } from '../../adapters/github/github-client.ts';
import { messageOf, RearviewError } from '../../domain/errors.ts';
import type { Ruleset } from '../../domain/rulesets/ruleset.ts';
import type { JudgedRule } from '../../gates/decide-staged.ts';
import type { ReviewConfig } from '../../gates/review-config.ts';
import { renderStaged } from '../../pull-requests/markdown/render-staged.ts';
import { type ProposalResult, propose, tellUndue } from './propose.ts';
import { stagedChange } from './staged-change.ts';

const proposalKinds = ['promote', 'remove'] as const;

/** What became of one rule. */
export interface PromotedRule extends ProposalResult {
  readonly rule: JudgedRule;
  readonly kind: (typeof proposalKinds)[number];
  readonly body: string;
}

export interface PromoteOptions {
  readonly ruleset: Ruleset;
  readonly rulesPath: string;
  readonly testsPath: string;
  /** As in `StagedPlace`. */
  readonly rearview: string;
  readonly limits: ReviewConfig['staged'];
  readonly dryRun: boolean;
  /** Told of a rule that could not be proposed, where that says nothing of the others. */
  readonly onProblem: (rule: JudgedRule, why: string) => Promise<void>;
}

/**
 * Proposes what is due for staged rules, each by a pull request of its own, and brings those up to date that are open.
 * @throws RearviewError `ERR_CONFIG`, `ERR_UNAVAILABLE`: what would keep the others from being proposed, too
 */
export async function promoteStaged(
  client: GithubClient,
  rules: readonly JudgedRule[],
  options: PromoteOptions,
): Promise<readonly PromotedRule[]> {
  // GitHub is not asked for nothing.
  if (rules.length === 0) return [];
  const branch = await defaultBranch(client);
  const tip = await branchTip(client, branch);
  if (tip === null)
    throw new RearviewError(
      'ERR_NOT_FOUND',
      `GitHub shows no branch ${branch}: the job needs "permissions: contents: write".`,
    );
  const done: PromotedRule[] = [];
  for (const rule of rules) {
    for (const kind of proposalKinds) {
      try {
        const promoted = await proposeRule(client, { ...tip, branch }, { ...options, rule, kind });
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
  client: GithubClient,
  base: Parameters<typeof propose>[1]['base'],
  options: PromoteOptions & Pick<PromotedRule, 'rule' | 'kind'>,
): Promise<PromotedRule | null> {
  const { rule, kind, dryRun } = options;
  const branch = `rearview/${kind}/${rule.logicHash.slice(0, 12)}`;
  const body = renderStaged(rule, options);
  const change = () => stagedChange(client, { ...options, commit: base.sha, branch: base.branch });
  const result =
    rule.decision === kind
      ? await propose(client, { ...{ branch, base, body, change }, title: titleOf(rule, kind) }, { dryRun })
      : await tellUndue(client, { branch, body }, { dryRun });
  return result === null ? null : { ...result, rule, kind, body };
}

/** A title is plain text, and a message of a commit is searched for commands (closes #1): the name of a rule is no more than letters, digits and underscores. */
function titleOf({ rule }: JudgedRule, kind: PromotedRule['kind']): string {
  const name = rule.slice(rule.lastIndexOf(':') + 1);
  return kind === 'promote' ? `Promote the staged rule ${name}` : `Remove the staged rule ${name}`;
}
