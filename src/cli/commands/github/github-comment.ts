import path from 'node:path';
import { z } from 'zod';
import { maxCommentLength } from '../../../adapters/github/comments.ts';
import type { GithubClient } from '../../../adapters/github/github-client.ts';
import { basesOfRun } from '../../../adapters/github/pull-bases.ts';
import { type Pull, pullFiles, pullsOfRun } from '../../../adapters/github/pulls.ts';
import { ownChecks } from '../../../gates/own-checks.ts';
import { renderReview } from '../../../pull-requests/markdown/render-review.ts';
import { defaultBase, type Review } from '../../../pull-requests/review.ts';
import { touchesRules } from '../../../pull-requests/touches-rules.ts';
import type { CliContext } from '../../context.ts';
import { defineCommand } from '../../define-command.ts';
import { exitCodes } from '../../exit-codes.ts';
import { countFlag, switchFlag } from '../../flags/flags.ts';
import { readReviewConfig, reviewConfigFlag } from '../../flags/review-config.ts';
import { type CollectedSections, collectFromFolder, collectFromRun } from '../../github/collect-sections.ts';
import { composeReviews, type Reviews } from '../../github/compose-reviews.ts';
import { githubSettings, openGithub } from '../../github/github-settings.ts';
import { postCheckRun, postComment } from '../../github/post-review.ts';
import { fetchRun, readRunOfEvent, type WorkflowRun } from '../../github/workflow-run.ts';
import { printLine, safeText } from '../../output/output.ts';

const defaultExpected = 'check,tests,diff,goodware,forecast,preview';

/** `github comment`. */
export const githubComment = defineCommand({
  description:
    'For a workflow that GitHub starts when the one with the checks has ended (on: workflow_run), in which nothing of the pull request is checked out or run. Reads the sections that the checks left as artifacts (rearview-check, rearview-goodware-linux …), by their schema, and finds the pull request by what GitHub says of the run. Posts a comment, in place of the one of an earlier run, and a check run "Rearview" on the commit: failure where a gate is closed or something did not report, neutral where the pull request changes what checks it, does not go to the default branch, or something could not be found out. A section "infrastructure" has a comment of its own. Where the pull request touches neither rules nor their tests, and nothing was left, the check run says so, and there is no comment but in place of an earlier one. Where a pull request of the commit goes to another branch than the default one, or its base was changed while the checks ran, the workflow may be forged: what it left is not shown, and the check run is neutral at best. Results of other workflows than rules.yml and infrastructure.yml are ignored. On a pull request that is closed, or whose branch has moved on, what a later run said stays. The job needs the permissions actions: read, checks: write and pull-requests: write.\n\nEnds with 0 once it is posted; with --sections or --dry-run, which print Markdown, with 1 where the review fails.',
  flags: [
    ['--run <id>', 'The workflow run. Default: the one of the event (GITHUB_EVENT_PATH).'],
    [
      '--expect <names>',
      `Sections that have to be there, with commas between them; goodware is that of any place, goodware-linux that of one. Default: ${defaultExpected}.`,
    ],
    ['--sections <dir>', 'Files with sections, instead of artifacts: prints what they make, without GitHub.'],
    ['--dry-run', 'Print, instead of posting.'],
    reviewConfigFlag,
  ],
  options: z.object({
    run: countFlag.optional(),
    expect: z
      .string()
      .default(defaultExpected)
      .transform((names) => names.split(',').map((name) => name.trim()))
      .pipe(
        z.array(z.string().regex(/^[a-z0-9-]+$/, { error: ({ input }) => `"${String(input)}" names no section.` })),
      ),
    sections: z.string().optional(),
    dryRun: switchFlag,
    config: z.string().optional(),
  }),
  examples: [
    'rearview github comment',
    'rearview github comment --expect check,tests,goodware-linux',
    'rearview github comment --sections reports',
  ],
  async run(context, { options }) {
    if (options.sections !== undefined) {
      const collected = await collectFromFolder(path.resolve(context.cwd, options.sections));
      return print(context, composeReviews(collected, options.expect, onLaptop));
    }
    const client = openGithub(context);
    const run =
      options.run === undefined
        ? await readRunOfEvent(githubSettings(context, 'GITHUB_EVENT_PATH').GITHUB_EVENT_PATH)
        : await fetchRun(client, options.run);
    if (run.event !== 'pull_request') {
      await printLine(
        context.stdout,
        `Run ${run.number} was started by ${safeText(run.event)}: there is nothing to post.`,
      );
      return exitCodes.ok;
    }
    if (!commented.has(run.workflow)) {
      const file = safeText(run.workflow);
      await printLine(
        context.stdout,
        `Run ${run.number} was of ${file}, which is not a workflow whose results are posted.`,
      );
      return exitCodes.ok;
    }
    const pulls = await pullsOfRun(client, run);
    const config = await readReviewConfig(context, options.config);
    const about = await aboutRun(client, run, pulls, config.goodware.exceptions);
    const collected = await collectFromRun(client, run.id);
    const reviews = composeReviews(collected, options.expect, { ...about, isOfNoRules: isOfNoRules(collected, about) });
    if (reviews.review === null && reviews.infrastructure === null) {
      await printLine(
        context.stdout,
        `Run ${run.number} was of a change that touches no rules: there is nothing to post.`,
      );
      return exitCodes.ok;
    }
    if (options.dryRun) return print(context, reviews);
    await post(context, client, { run, pull: pullToComment(pulls, about.bases), reviews });
    return exitCodes.ok;
  },
});

/** Workflows whose results are posted. A pull request may bring others, under the same names. */
const commented: ReadonlySet<string> = new Set(
  ['rules.yml', 'infrastructure.yml'].map((file) => `.github/workflows/${file}`),
);

const onLaptop = {
  ...{ headSha: null, runUrl: null, runConclusion: null, ownChecks: [], bases: defaultBase, areFilesKnown: true },
  ...{ isOfNoRules: false, isOutdated: false },
};

/** What is known of a run besides what it says of itself. A check run is of a commit, and so of all pull requests that have it: what one of them changes counts. */
async function aboutRun(client: GithubClient, run: WorkflowRun, pulls: readonly Pull[], exceptions: string) {
  const isOutdated = pulls.some(({ headSha }) => headSha !== run.headSha);
  const paths = new Set<string>();
  let areWhole = pulls.length > 0;
  for (const { number } of pulls) {
    const files = await pullFiles(client, number);
    for (const file of files.paths) paths.add(file);
    areWhole &&= files.isWhole;
  }
  return {
    ...{ headSha: run.headSha, runUrl: run.url, runConclusion: run.conclusion ?? 'unknown', isOutdated },
    ownChecks: ownChecks([...paths], exceptions),
    bases: await basesOfRun(client, { ...run, workflow: path.posix.basename(run.workflow) }),
    // The list is that of the latest commit: an earlier one may have changed more.
    areFilesKnown: areWhole && !isOutdated,
    touchesRules: touchesRules([...paths]),
  };
}

/** The first pull request that a run may have been of. A run that may have been of another branch is not shown on those to the default branch. */
function pullToComment(pulls: readonly Pull[], { isRunKnown, others }: Review['bases']): Pull | null {
  return pulls.find(({ baseBranch }) => isRunKnown || others.includes(baseBranch)) ?? null;
}

/** Whether it is no wonder that nothing was left: as GitHub says, nothing was to be checked, and nothing failed. */
function isOfNoRules(
  { sections, refused }: CollectedSections,
  about: Pick<Review, 'runConclusion' | 'areFilesKnown'> & { readonly touchesRules: boolean },
): boolean {
  const nothing = sections.length === 0 && refused.length === 0;
  return nothing && about.runConclusion === 'success' && about.areFilesKnown && !about.touchesRules;
}

async function print({ stdout }: CliContext, { review, infrastructure }: Reviews): Promise<number> {
  const rendered = [review, infrastructure].flatMap((each) =>
    each === null ? [] : [renderReview(each, maxCommentLength)],
  );
  for (const { markdown } of rendered) await printLine(stdout, markdown);
  return rendered.some(({ conclusion }) => conclusion === 'failure') ? exitCodes.findings : exitCodes.ok;
}

function whyNoComment(pull: Pull | null, review: Review | null): string {
  if (pull !== null) return `Pull request #${pull.number} is closed`;
  if (review?.bases.isRunKnown === false) return 'The run may have been for another branch than the default one';
  return 'No open pull request has this commit';
}

interface ToPost {
  readonly run: WorkflowRun;
  readonly pull: Pull | null;
  readonly reviews: Reviews;
}

async function post(
  { stdout, stderr }: CliContext,
  client: GithubClient,
  { run, pull, reviews }: ToPost,
): Promise<void> {
  const { review, infrastructure } = reviews;
  // First what may keep from merging.
  if (review !== null) await printLine(stdout, safeText(await postCheckRun(client, { run, kind: 'review', review })));
  if (pull === null || !pull.isOpen) {
    await printLine(stderr, `${whyNoComment(pull, review)}: no comment is posted.`);
    return;
  }
  const comments = [
    { kind: 'review', review },
    { kind: 'infrastructure', review: infrastructure },
  ] as const;
  for (const { kind, review: each } of comments) {
    if (each !== null) await printLine(stdout, safeText(await postComment(client, pull, { run, kind, review: each })));
  }
}
