import { z } from 'zod';
import { defineCommand } from '../../define-command.ts';
import { exitCodes } from '../../exit-codes.ts';
import { commitFlag, durationFlag, switchFlag, timeFlag } from '../../flags/flags.ts';
import { githubSettings } from '../../github/github-settings.ts';
import { reportMerge } from '../../github/report-merge.ts';
import { writeUnscanned } from '../../github/report-output.ts';
import { reportUnfinished } from '../../github/report-unfinished.ts';
import { hasFailed, type ToldReport, toldJson, toldLine } from '../../github/told-report.ts';
import { printLine } from '../../output/output.ts';
import { withExistingTarget } from '../../with-target.ts';

/** `github report`. */
export const githubReport = defineCommand({
  description:
    'Waits for the retro scan of what a commit brought, and puts one comment on the pull requests that brought the commit, first that the scan runs, then what came of it: new matches of each rule, what was scanned, skipped and failed, time and cost against what was planned, and where to see more. Where the scan of a ruleset that was put in force later took over, that one is followed, and it is said, with the rules that it lacks. The same is added to the summary of the job; where no pull request brought the commit, that is all. A scan that has not ended in time is told so; "github report --unfinished" brings such comments up to date when it has. Ends with 1 where a scan has failed or was cancelled.',
  flags: [
    ['--commit <sha>', 'The commit, in full. Default: GITHUB_SHA.'],
    [
      '--wait <duration>',
      'Wait so long for the end of the scan, as in 90s or 2h. The scan goes on after it. Default: 40m.',
    ],
    [
      '--unscanned <file>',
      'Write what the scans skipped and failed at there, for the run to keep: entries of their ledgers as JSON, one a line. The comments lead to the run then.',
    ],
    ['--unfinished', 'Bring the comments up to date that say of a scan that it had not ended, and wait for none.'],
    ['--since <time>', 'With --unfinished: look through comments written or changed then or later. Default: 30d.'],
    ['--json', 'What was said, and where, as JSON, one scan a line.'],
  ],
  options: z
    .object({
      commit: commitFlag.optional(),
      wait: durationFlag.optional(),
      unscanned: z.string().min(1).optional(),
      unfinished: switchFlag,
      since: timeFlag.optional(),
      json: switchFlag,
    })
    .refine(({ unfinished, commit, wait }) => !unfinished || [commit, wait].every((each) => each === undefined), {
      error: '--unfinished takes neither --commit nor --wait.',
    })
    .refine(({ unfinished, since }) => unfinished || since === undefined, { error: '--since goes with --unfinished.' }),
  examples: [
    'rearview github report --target aws --commit "$GITHUB_SHA" --wait 40m',
    'rearview github report --target aws --unfinished',
  ],
  handlesInterrupt: true,
  run: (context, { options, globals }) =>
    withExistingTarget(globals, async (target) => {
      const line = options.json ? toldJson : toldLine;
      const { unscanned } = options;
      const writeLedgers = async (all: readonly ToldReport[]) => {
        if (unscanned === undefined) return;
        await writeUnscanned(
          context,
          target,
          all.map(({ scan }) => scan.id),
          unscanned,
        );
      };
      if (options.unfinished) {
        const since = options.since ?? new Date(Date.now() - defaultSinceMs).toISOString();
        const { told, problems } = await reportUnfinished(context, globals, target, { since, unscanned });
        for (const each of told) await printLine(context.stdout, line(each));
        await writeLedgers(told);
        return problems > 0 ? exitCodes.usage : told.some(hasFailed) ? exitCodes.findings : exitCodes.ok;
      }
      const commit = options.commit ?? githubSettings(context, 'GITHUB_SHA').GITHUB_SHA;
      const waitMs = options.wait ?? defaultWaitMs;
      const told = await reportMerge(context, globals, target, { commit, waitMs, unscanned });
      await printLine(context.stdout, line(told));
      await writeLedgers([told]);
      if (context.signal.aborted) return exitCodes.interrupted;
      return hasFailed(told) ? exitCodes.findings : exitCodes.ok;
    }),
});

const defaultWaitMs = 40 * 60_000;
const defaultSinceMs = 30 * 86_400_000;
