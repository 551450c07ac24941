import { stagedProposals } from '../../../app/gates/staged-proposals.ts';
import { readStagedSince } from '../../../app/rulesets/staged-rules.ts';
import type { StagedProposal } from '../../../gates/decide-staged.ts';
import { defineCommand } from '../../define-command.ts';
import { exitCodes } from '../../exit-codes.ts';
import { flagSet, textFlag } from '../../flags/flag.ts';
import { switchFlag } from '../../flags/flags.ts';
import { readReviewConfig, reviewConfigFlag } from '../../flags/review-config.ts';
import { formatCount, jsonLine, printLine, table } from '../../output/output.ts';
import { withExistingTarget } from '../../wiring/with-target.ts';

/** `rules staged`. */
export const rulesStaged = defineCommand({
  description:
    'List the staged rules of the active ruleset, their matches, and what is due.\n\nRETRO counts the matched objects that were there before the rule, LIVE those that arrived since. BAND is the number of live matches that is expected at most.\nA rule in its band is due for promotion after its soak time, one outside its band for removal. "rearview github promote" opens these pull requests.',
  flags: [reviewConfigFlag, ['--json', 'Print JSON, one rule a line, with examples of matched objects.']],
  options: flagSet({ config: textFlag.optional(), json: switchFlag }),
  examples: ['rearview rules staged', 'rearview rules staged --target aws --json'],
  run: (context, { options, globals }) =>
    withExistingTarget(globals, async (target) => {
      const config = await readReviewConfig(context, options.config);
      const all = await stagedProposals(target, await readStagedSince(target.state.pointers), {
        limits: config.staged,
        nowMs: Date.now(),
      });
      if (options.json) for (const each of all) await printLine(context.stdout, jsonLine(each));
      else await printLine(context.stdout, all.length === 0 ? 'no staged rules are active' : stagedTable(all));
      return exitCodes.ok;
    }),
});

function stagedTable(all: readonly StagedProposal[]): string {
  const rows = all.map((each) => [
    ...[each.rule, each.since.slice(0, 16).replace('T', ' '), each.soakedDays.toFixed(1)],
    ...[atLeast(each, each.retro.objects), atLeast(each, each.live.objects), formatCount(Math.floor(each.band))],
    ...[formatCount(each.arrivedObjects), expectation(each), each.decision],
  ]);
  const header = ['RULE', 'STAGED SINCE (UTC)', 'DAYS', 'RETRO', 'LIVE', 'BAND', 'ARRIVED', 'EXPECTED BY', 'DECISION'];
  return table(header, rows);
}

function atLeast({ isWhole }: StagedProposal, count: number): string {
  return `${isWhole ? '' : '>= '}${formatCount(count)}`;
}

function expectation({ rate }: StagedProposal): string {
  if (rate === null) return 'nothing scanned yet';
  return `${rate.from}: ${formatCount(rate.hits)} of ${formatCount(rate.objects)}`;
}
