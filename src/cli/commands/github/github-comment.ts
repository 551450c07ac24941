import path from 'node:path';
import { composeReviews, type Reviews } from '../../../app/pull-requests/compose-reviews.ts';
import { type PostEvent, postReviews } from '../../../app/pull-requests/post-reviews.ts';
import { reviewRun, whyNotReviewed } from '../../../app/pull-requests/review-run.ts';
import { renderPage } from '../../../pull-requests/markdown/render-page.ts';
import { renderReview } from '../../../pull-requests/markdown/render-review.ts';
import { defaultBase } from '../../../pull-requests/review.ts';
import type { CliContext } from '../../context.ts';
import { defineCommand } from '../../define-command.ts';
import { exitCodes } from '../../exit-codes.ts';
import { flagSet, textFlag } from '../../flags/flag.ts';
import { countFlag, listed, matching, switchFlag } from '../../flags/flags.ts';
import { readReviewConfig, reviewConfigFlag } from '../../flags/review-config.ts';
import { sectionsInFolder } from '../../github/sections-in-folder.ts';
import { printLine, safeText } from '../../output/output.ts';
import { writeOut } from '../../output/write-out.ts';
import { maxCommentLength, openCodeHost, runOfEvent } from '../../wiring/code-host.ts';

const defaultExpected = 'check,tests,diff,profile,goodware,forecast,preview';

/** `github comment`. */
export const githubComment = defineCommand({
  description:
    'Post the results of the checks as a pull request comment and a check run.\n\nRuns in its own workflow (on: workflow_run) and never checks out the pull request. The check run fails if a gate fails or a section is missing, and is neutral if results are incomplete or not trusted.\nNeeds actions: read, checks: write and pull-requests: write. See docs/how-to/github-workflows.md.\nWith --sections or --dry-run, ends with 1 if the pull request fails.',
  flags: [
    ['--run <id>', 'Id of the workflow run. Default: the run of the event (GITHUB_EVENT_PATH).'],
    [
      '--expect <names>',
      `Required sections, separated by commas; goodware is a section of any place, goodware-linux of one. Default: ${defaultExpected}.`,
    ],
    ['--sections <dir>', 'Read sections from this folder instead of artifacts, and print the comment without GitHub.'],
    ['--dry-run', 'Print the comment instead of posting it.'],
    ['--html <file>', 'With --sections or --dry-run: write the comment as a page, to look at it in a browser.'],
    reviewConfigFlag,
  ],
  options: flagSet({
    run: countFlag.optional(),
    expect: listed(matching(/^[a-z0-9-]+$/, (name) => `Unknown section "${name}".`)).defaultText(defaultExpected),
    sections: textFlag.optional(),
    dryRun: switchFlag,
    html: textFlag.optional(),
    config: textFlag.optional(),
  }).check(
    ({ html, sections, dryRun }) => html === undefined || sections !== undefined || dryRun,
    '--html: needs --sections or --dry-run.',
  ),
  examples: [
    'rearview github comment',
    'rearview github comment --expect check,tests,goodware-linux',
    'rearview github comment --sections reports',
    'rearview github comment --sections reports --html comment.html',
  ],
  async run(context, { options }) {
    if (options.sections !== undefined) {
      const collected = await sectionsInFolder(path.resolve(context.cwd, options.sections));
      return print(context, composeReviews(collected, options.expect, onLaptop), options.html);
    }
    const host = openCodeHost(context);
    const run = options.run === undefined ? await runOfEvent(context) : await host.fetchRun(options.run);
    const why = whyNotReviewed(run);
    if (why !== null) {
      await printLine(context.stdout, safeText(why));
      return exitCodes.ok;
    }
    const { exceptions } = (await readReviewConfig(context, options.config)).goodware;
    const reviews = await reviewRun(host, run, { expected: options.expect, exceptions });
    if (reviews.review === null && reviews.infrastructure === null) {
      const text = `Run ${run.number} changes no rules: there is nothing to post.`;
      await printLine(context.stdout, text);
      return exitCodes.ok;
    }
    if (options.dryRun) return print(context, reviews, options.html);
    await postReviews(host, reviews, (event) => printPosted(context, event));
    return exitCodes.ok;
  },
});

const onLaptop = {
  ...{ headSha: null, runUrl: null, runConclusion: null, ownChecks: [], bases: defaultBase, areFilesKnown: true },
  ...{ isOfNoRules: false, isOutdated: false },
};

async function print(
  context: CliContext,
  { review, infrastructure }: Reviews,
  html: string | undefined,
): Promise<number> {
  const rendered = [review, infrastructure].flatMap((each) =>
    each === null ? [] : [renderReview(each, maxCommentLength)],
  );
  if (html === undefined) for (const { markdown } of rendered) await printLine(context.stdout, markdown);
  else {
    const page = renderPage(rendered.map(({ markdown }) => markdown));
    await writeOut(context, '--html', path.resolve(context.cwd, html), page);
    await printLine(context.stdout, safeText(html));
  }
  return rendered.some(({ conclusion }) => conclusion === 'failure') ? exitCodes.problems : exitCodes.ok;
}

function whyNoComment({ pull, isRunKnown }: Extract<PostEvent, { type: 'no-pull' }>): string {
  if (pull !== null) return `Pull request #${pull} is closed`;
  if (!isRunKnown) return 'The run may be for another branch than the default branch';
  return 'No open pull request has this commit';
}

async function printPosted({ stdout, stderr }: CliContext, event: PostEvent): Promise<void> {
  switch (event.type) {
    case 'check-run': {
      const { outcome, headSha, conclusion } = event;
      const text = outcome === 'left' ? `the one of another run stays on ${headSha}` : `${conclusion} on ${headSha}`;
      return printLine(stdout, safeText(`check run: ${text}`));
    }
    case 'comment': {
      const { outcome, url } = event;
      const text = outcome === 'left' ? 'the one of a later run stays' : outcome;
      return printLine(stdout, safeText(`comment: ${text}: ${url}`));
    }
    case 'no-rules':
      return printLine(stdout, 'comment: none, because no rules are changed');
    case 'no-pull':
      return printLine(stderr, `${whyNoComment(event)}: no comment is posted.`);
  }
}
