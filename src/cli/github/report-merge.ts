import { pullsOfCommit } from '../../adapters/github/pulls.ts';
import { mergeReport } from '../../app/pull-requests/merge-report.ts';
import { findMergeScan } from '../../app/scans/find-merge-scan.ts';
import { followScan, hasEnded, lastOf, watchScan } from '../../app/scans/follow-scan.ts';
import { messageOf, RearviewError } from '../../domain/errors.ts';
import { endOf, type ScanReport } from '../../pull-requests/scan-report.ts';
import type { Target } from '../../targets/target.ts';
import type { CliContext, GlobalOptions } from '../context.ts';
import { createCommitOrder } from '../git/commit-order.ts';
import { printLine, safeText } from '../output/output.ts';
import { createProgress } from '../output/progress.ts';
import { openGithub } from './github-settings.ts';
import { renderFor, tellSummary } from './report-output.ts';
import { postScanComment } from './scan-comment.ts';
import type { ToldReport } from './told-report.ts';

const pollMs = 200;
const remotePollMs = 5000;

/**
 * Waits for the scan of a merge and says on its pull requests what it did. That it runs is said before: whatever becomes of who waits, the scan is reported
 * when it has ended, by whoever looks for what has not.
 */
export async function reportMerge(
  context: CliContext,
  globals: GlobalOptions,
  target: Target,
  {
    commit,
    waitMs,
    unscanned,
  }: { readonly commit: string; readonly waitMs: number; readonly unscanned: string | undefined },
): Promise<ToldReport> {
  const github = openGithub(context);
  const { scans } = target.state;
  const order = createCommitOrder(context, globals.rulesDir);
  const { published, scan } = await findMergeScan(
    { library: target.library, scans, buckets: target.buckets },
    { sha: commit, isContainedIn: (other) => order.isContainedIn(commit, other) },
  );
  const pulls = (await pullsOfCommit(github, commit)).filter(({ isMerged }) => isMerged);
  if (pulls.length === 0) {
    await printLine(context.stderr, `No pull request brought the commit ${commit}: there is none to comment on.`);
  }
  const reportOf = (chain: Awaited<ReturnType<typeof followScan>>) =>
    mergeReport(target, { commit, published, chain, nowMs: Date.now() });
  const bodyOf = (report: ScanReport) => renderFor(context, globals, report, { unscanned });
  const post = async (report: ScanReport) => {
    const posted: ToldReport['comments'][number][] = [];
    for (const { number: pull } of pulls) {
      const { outcome, url } = await postScanComment(github, { pull, report, body: bodyOf(report) });
      posted.push({ pull, outcome, url });
    }
    return posted;
  };

  const begun = await followScan(scans, scan.id);
  const first = hasEnded(lastOf(begun)) ? [] : await orLater(context, async () => post(await reportOf(begun)));
  const progress = createProgress(context);
  const chain = await watchScan(scans, scan.id, {
    ...{ waitMs, pollMs: target.startPipeline === undefined ? remotePollMs : pollMs, signal: context.signal },
    onLook: (each) => progress.scan(each),
  }).finally(() => progress.stop());
  const report = await reportOf(chain);
  await tellSummary(context, bodyOf(report));
  const created = new Set(first.filter(({ outcome }) => outcome === 'created').map(({ pull }) => pull));
  const comments = (await post(report)).map((each) =>
    created.has(each.pull) ? { ...each, outcome: 'created' as const } : each,
  );
  return { report, comments, scan: endOf(report) };
}

/** What GitHub does not take now it may take at the end. */
async function orLater<T>(context: CliContext, post: () => Promise<readonly T[]>): Promise<readonly T[]> {
  try {
    return await post();
  } catch (error) {
    if (!(error instanceof RearviewError)) throw error;
    await printLine(context.stderr, safeText(`That the scan runs could not be said yet: ${messageOf(error)}`));
    return [];
  }
}
