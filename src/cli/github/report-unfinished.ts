import type { GithubClient } from '../../adapters/github/github-client.ts';
import { type FoundComment, listComments } from '../../adapters/github/list-comments.ts';
import { mergeReport } from '../../app/pull-requests/merge-report.ts';
import { followScan, hasEnded, lastOf } from '../../app/scans/follow-scan.ts';
import { messageOf, RearviewError } from '../../domain/errors.ts';
import { endOf } from '../../pull-requests/scan-report.ts';
import type { Target } from '../../targets/target.ts';
import type { CliContext, GlobalOptions } from '../context.ts';
import { printLine, safeText } from '../output/output.ts';
import { openGithub } from './github-settings.ts';
import { renderFor, tellSummary } from './report-output.ts';
import { isUnfinished, parseScanMark, postScanComment, type ScanMark, scanCommentKind } from './scan-comment.ts';
import type { ToldReport } from './told-report.ts';

export interface UnfinishedReports {
  readonly told: readonly ToldReport[];
  /** Comments whose scan could not be looked at, or that could not be changed; said on stderr. */
  readonly problems: number;
}

/** Looks through our comments for scans that had not ended, and says how they ended where they have by now. */
export async function reportUnfinished(
  context: CliContext,
  globals: GlobalOptions,
  target: Target,
  { since, unscanned }: { readonly since: string; readonly unscanned: string | undefined },
): Promise<UnfinishedReports> {
  const github = openGithub(context);
  const told: ToldReport[] = [];
  let problems = 0;
  for (const comment of await listComments(github, { kind: scanCommentKind, since })) {
    const mark = parseScanMark(comment.values);
    if (mark === null || !isUnfinished(mark)) continue;
    try {
      const report = await bringUpToDate(context, globals, target, { github, comment, mark, unscanned });
      if (report !== null) told.push(report);
    } catch (error) {
      // The others are to be told all the same.
      if (!(error instanceof RearviewError)) throw error;
      problems += 1;
      await printLine(context.stderr, safeText(`#${comment.pull}: ${messageOf(error)}`));
    }
  }
  return { told, problems };
}

async function bringUpToDate(
  context: CliContext,
  globals: GlobalOptions,
  target: Target,
  {
    github,
    comment: { pull },
    mark,
    unscanned,
  }: {
    readonly github: GithubClient;
    readonly comment: FoundComment;
    readonly mark: ScanMark;
    readonly unscanned: string | undefined;
  },
): Promise<ToldReport | null> {
  const { commit, laterCommit } = mark;
  const chain = await followScan(target.state.scans, mark.scanId);
  const last = lastOf(chain);
  if (!hasEnded(last)) {
    await printLine(context.stderr, safeText(`#${pull}: ${last.id} is ${last.state}.`));
    return null;
  }
  const published = { rulesetId: chain[0].rulesetId, commit: laterCommit ?? commit };
  const report = await mergeReport(target, { commit, published, chain, nowMs: Date.now() });
  const body = renderFor(context, globals, report, { unscanned });
  await tellSummary(context, body);
  const { outcome, url } = await postScanComment(github, { pull, report, body });
  return { report, scan: endOf(report), comments: [{ pull, outcome, url }] };
}
