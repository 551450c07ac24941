import { type MergeEvent, reportMerge } from '../../../app/pull-requests/report-merge.ts';
import { reportUnfinished, type UnfinishedEvent } from '../../../app/pull-requests/report-unfinished.ts';
import { hasFailed, type ReportedScan } from '../../../app/pull-requests/reported-scan.ts';
import { pollMsOf } from '../../../app/scans/wait-for-scan.ts';
import { messageOf } from '../../../domain/errors.ts';
import type { ScanReport } from '../../../pull-requests/scan-report.ts';
import type { Target } from '../../../targets/target.ts';
import type { CliContext, GlobalOptions } from '../../context.ts';
import { defineCommand } from '../../define-command.ts';
import { exitCodes } from '../../exit-codes.ts';
import { commitFlag } from '../../flags/commit-flag.ts';
import { filledFlag, flagSet } from '../../flags/flag.ts';
import { durationFlag, switchFlag, timeFlag } from '../../flags/flags.ts';
import { createCommitOrder } from '../../git/commit-order.ts';
import { githubSettings } from '../../github/github-settings.ts';
import { appendSummary, renderFor, writeUnscanned } from '../../github/report-output.ts';
import { printLine, safeText } from '../../output/output.ts';
import { createProgress, type Progress } from '../../output/progress.ts';
import { reportedJson, reportedLine } from '../../output/reported-scan.ts';
import { openCodeHost } from '../../wiring/code-host.ts';
import { withExistingTarget } from '../../wiring/with-target.ts';

/** `github report`. */
export const githubReport = defineCommand({
  description:
    'Wait for the retro scan of a merged commit and report it on its pull requests.\n\nThe comment shows new matches, outcomes, time and cost. If the scan of a later ruleset took over, that scan is reported. The same text is added to the job summary.\nIf the scan does not finish in time, the comment shows that; "github report --unfinished" updates it later.\nEnds with 1 if a scan failed or was cancelled.',
  flags: [
    ['--commit <sha>', 'Full hash of the commit. Default: GITHUB_SHA.'],
    [
      '--wait <duration>',
      'Wait at most this long for the end, for example 90s or 2h; then the scan continues. Default: 40m.',
    ],
    [
      '--unscanned <file>',
      'Write the ledger entries of skipped and failed objects as JSON, one a line. The comments then link to the run.',
    ],
    ['--unfinished', 'Update the comments on scans that were unfinished; do not wait.'],
    ['--since <time>', 'With --unfinished: only comments that were changed then or later. Default: 30d.'],
    ['--json', 'Print the posted reports as JSON, one scan a line.'],
  ],
  options: flagSet({
    commit: commitFlag.optional(),
    wait: durationFlag.optional(),
    unscanned: filledFlag.optional(),
    unfinished: switchFlag,
    since: timeFlag.optional(),
    json: switchFlag,
  })
    .check(
      ({ unfinished, commit, wait }) => !unfinished || [commit, wait].every((each) => each === undefined),
      '--unfinished takes neither --commit nor --wait.',
    )
    .check(({ unfinished, since }) => unfinished || since === undefined, '--since goes with --unfinished.'),
  examples: [
    'rearview github report --target aws --commit "$GITHUB_SHA" --wait 40m',
    'rearview github report --target aws --unfinished',
  ],
  handlesInterrupt: true,
  run: (context, { options, globals }) =>
    withExistingTarget(globals, async (target) => {
      const line = options.json ? reportedJson : reportedLine;
      const { unscanned } = options;
      const render = (report: ScanReport) => renderFor(context, globals, report, { unscanned });
      const finish = async (all: readonly ReportedScan[]) => {
        for (const each of all) await printLine(context.stdout, line(each));
        const ids = all.map(({ scan }) => scan.id);
        if (unscanned !== undefined) await writeUnscanned(context, target, ids, unscanned);
        return all.some(hasFailed) ? exitCodes.problems : exitCodes.ok;
      };
      if (options.unfinished) {
        const since = options.since ?? new Date(Date.now() - defaultSinceMs).toISOString();
        let problems = 0;
        const observe = async (event: UnfinishedEvent) => {
          if (event.type === 'problem') problems += 1;
          await printUnfinished(context, event, render);
        };
        const code = await finish(await reportUnfinished(openCodeHost(context), target, { since, render, observe }));
        return problems > 0 ? exitCodes.usage : code;
      }
      const commit = options.commit ?? githubSettings(context, 'GITHUB_SHA').GITHUB_SHA;
      const waitMs = options.wait ?? defaultWaitMs;
      const code = await finish([await waitAndReport(context, globals, target, { commit, waitMs, render })]);
      return context.signal.aborted ? exitCodes.interrupted : code;
    }),
});

async function waitAndReport(
  context: CliContext,
  globals: GlobalOptions,
  target: Target,
  options: { readonly commit: string; readonly waitMs: number; readonly render: (report: ScanReport) => string },
): Promise<ReportedScan> {
  const { commit, waitMs, render } = options;
  const host = openCodeHost(context);
  const order = createCommitOrder(context, globals.rulesDir);
  const progress = createProgress(context);
  try {
    return await reportMerge(host, target, {
      ...{ waitMs, render, pollMs: pollMsOf(target), signal: context.signal },
      commit: { sha: commit, isContainedIn: (other) => order.isContainedIn(commit, other) },
      observe: (event) => showMerge(context, progress, event, render),
    });
  } finally {
    progress.stop();
  }
}

async function showMerge(
  context: CliContext,
  progress: Progress,
  event: MergeEvent,
  render: (report: ScanReport) => string,
): Promise<void> {
  switch (event.type) {
    case 'no-pull':
      return printLine(context.stderr, `No pull request has the commit ${event.commit}: no comment is posted.`);
    case 'not-posted':
      return printLine(context.stderr, safeText(`The first comment is not posted yet: ${messageOf(event.error)}`));
    case 'looked':
      return progress.scan(event.scan);
    case 'report':
      progress.stop();
      return appendSummary(context, render(event.report));
  }
}

async function printUnfinished(
  context: CliContext,
  event: UnfinishedEvent,
  render: (report: ScanReport) => string,
): Promise<void> {
  if (event.type === 'report') return appendSummary(context, render(event.report));
  const text = event.type === 'problem' ? messageOf(event.error) : `${event.scan.id} is ${event.scan.state}.`;
  await printLine(context.stderr, safeText(`#${event.pull}: ${text}`));
}

const defaultWaitMs = 40 * 60_000;
const defaultSinceMs = 30 * 86_400_000;
