import { pullsOfCommit } from '../../adapters/github/pulls.ts';
import { findMergeScan } from '../../app/find-merge-scan.ts';
import { watchScan } from '../../app/follow-scan.ts';
import { mergeReport } from '../../app/merge-report.ts';
import type { Home } from '../../homes/home.ts';
import { endOf } from '../../reviews/scan-report.ts';
import type { CliContext, GlobalOptions } from '../context.ts';
import { createCommitOrder } from '../git/commit-order.ts';
import { printLine } from '../output.ts';
import { createProgress } from '../progress.ts';
import { openGithub } from './github-settings.ts';
import { renderFor, tellSummary } from './report-output.ts';
import { postScanComment } from './scan-comment.ts';
import type { ToldReport } from './told-report.ts';

const pollMs = 200;
const remotePollMs = 5000;

/** Waits for the scan of a merge and says on its pull requests what it did. */
export async function reportMerge(
  context: CliContext,
  globals: GlobalOptions,
  home: Home,
  { commit, waitMs }: { readonly commit: string; readonly waitMs: number },
): Promise<ToldReport> {
  const github = openGithub(context);
  const { scans } = home.state;
  const order = createCommitOrder(context, globals.rulesDir);
  const { published, scan } = await findMergeScan(
    { library: home.library, scans, buckets: home.buckets },
    { sha: commit, isContainedIn: (other) => order.isContainedIn(commit, other) },
  );
  const progress = createProgress(context);
  const chain = await watchScan(scans, scan.id, {
    ...{ waitMs, pollMs: home.startPipeline === undefined ? remotePollMs : pollMs, signal: context.signal },
    onLook: (each) => progress.scan(each),
  }).finally(() => progress.stop());
  const report = await mergeReport(home, { commit, published, chain, nowMs: Date.now() });
  const body = renderFor(context, globals, report);
  await tellSummary(context, body);
  const pulls = (await pullsOfCommit(github, commit)).filter(({ isMerged }) => isMerged);
  if (pulls.length === 0) {
    await printLine(context.stderr, `No pull request brought the commit ${commit}: there is none to comment on.`);
  }
  const comments: ToldReport['comments'][number][] = [];
  for (const { number: pull } of pulls) {
    const { outcome, url } = await postScanComment(github, { pull, report, body });
    comments.push({ pull, outcome, url });
  }
  return { report, comments, scan: endOf(report) };
}
