import type { Pull } from '../../domain/pull-requests/pull.ts';
import type { WorkflowRun } from '../../domain/pull-requests/workflow-run.ts';
import { ownChecks } from '../../gates/own-checks.ts';
import type { CodeHost } from '../../ports/code-host.ts';
import type { Review } from '../../pull-requests/review.ts';
import { touchesRules } from '../../pull-requests/touches-rules.ts';
import { type CollectedSections, collectFromRun } from './collect-sections.ts';
import { composeReviews, type Reviews } from './compose-reviews.ts';

/** Workflows whose results are posted. A pull request may bring others with the same names. */
const reviewedWorkflows: ReadonlySet<string> = new Set([
  '.github/workflows/rules.yml',
  '.github/workflows/infrastructure.yml',
]);

/** Why the results of a run are not posted; null if they are. */
export function whyNotReviewed({ number, event, workflow }: WorkflowRun): string | null {
  if (event !== 'pull_request') return `Run ${number} was started by ${event}: there is nothing to post.`;
  if (reviewedWorkflows.has(workflow)) return null;
  return `Run ${number} was of ${workflow}, which is not a workflow whose results are posted.`;
}

/** The reviews of a run, and the pull request that gets their comments. */
export interface RunReviews extends Reviews {
  readonly run: WorkflowRun;
  /** Null if no pull request can have been the one of the run. */
  readonly pull: Pull | null;
}

export interface ReviewRunOptions {
  /** Names of the sections that must be there. */
  readonly expected: readonly string[];
  /** File with the exceptions of the goodware gate, as the configuration has it. */
  readonly exceptions: string;
}

/** Composes the reviews of a run from what it left and from what the code host knows of it. */
export async function reviewRun(
  host: CodeHost,
  run: WorkflowRun,
  { expected, exceptions }: ReviewRunOptions,
): Promise<RunReviews> {
  const pulls = await host.pullsOfRun(run);
  const facts = await factsOf(host, run, pulls, exceptions);
  const collected = await collectFromRun(host, run.id);
  const { touchesRules: _, ...about } = facts;
  const reviews = composeReviews(collected, expected, { ...about, isOfNoRules: isOfNoRules(collected, facts) });
  return { ...reviews, run, pull: pullToComment(pulls, facts.bases) };
}

/**
 * The facts of a run that do not come from its sections. A check run belongs to a commit, and so to
 * all its pull requests: the changes of each one count.
 */
async function factsOf(host: CodeHost, run: WorkflowRun, pulls: readonly Pull[], exceptions: string) {
  const isOutdated = pulls.some(({ headSha }) => headSha !== run.headSha);
  const paths = new Set<string>();
  let areWhole = pulls.length > 0;
  for (const { number } of pulls) {
    const files = await host.pullFiles(number);
    for (const file of files.paths) paths.add(file);
    areWhole &&= files.isWhole;
  }
  return {
    ...{ headSha: run.headSha, runUrl: run.url, runConclusion: run.conclusion ?? 'unknown', isOutdated },
    ownChecks: ownChecks([...paths], exceptions),
    bases: await host.basesOfRun(run),
    // The list is that of the latest commit: an earlier one may have changed more.
    areFilesKnown: areWhole && !isOutdated,
    touchesRules: touchesRules([...paths]),
  };
}

/**
 * The first pull request that the run may have been for. A run that may have been for another
 * branch is not shown on pull requests to the default branch.
 */
function pullToComment(pulls: readonly Pull[], { isRunKnown, others }: Review['bases']): Pull | null {
  return pulls.find(({ baseBranch }) => isRunKnown || others.includes(baseBranch)) ?? null;
}

/**
 * Whether the run had nothing to check: the code host says that no rules are changed, and nothing
 * failed.
 */
function isOfNoRules(
  { sections, refused }: CollectedSections,
  facts: Pick<Review, 'runConclusion' | 'areFilesKnown'> & { readonly touchesRules: boolean },
): boolean {
  const nothing = sections.length === 0 && refused.length === 0;
  return nothing && facts.runConclusion === 'success' && facts.areFilesKnown && !facts.touchesRules;
}
