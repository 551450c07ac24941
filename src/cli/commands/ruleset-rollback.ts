import { rollBack } from '../../app/rulesets/make-active.ts';
import type { Target } from '../../targets/target.ts';
import { defineCommand } from '../define-command.ts';
import { exitCodes } from '../exit-codes.ts';
import { flagSet, textFlag } from '../flags/flag.ts';
import { switchFlag } from '../flags/flags.ts';
import { printLine, safeText } from '../output/output.ts';
import { changeLines, publishedJson, publishedLine, stagedNotNotedText } from '../output/published-lines.ts';
import { withExistingTarget } from '../wiring/with-target.ts';

/** `ruleset rollback`. */
export const rulesetRollback = defineCommand({
  description:
    'Make an earlier ruleset active again, under a new number.\n\nIt takes effect with the next file. Matches and alerts of removed rules stay on record. Nothing is built or tested, but the current engine must load the ruleset.\nThen revert the commit in Git: otherwise the next merge publishes its rules again.\nPrints the id and number of the ruleset, and what changed.',
  args: [
    [
      '[ruleset]',
      'Number or id from "rearview ruleset list", or the first 8 digits of the id. Default: the one before; after a rollback, the one before that.',
    ],
  ],
  flags: [
    [
      '--replaces <id>',
      'Roll back only if this ruleset is active, so that a repeated command has no effect. Default: any.',
    ],
    ['--json', 'Print the active ruleset and the state (published or unchanged) as JSON on one line.'],
  ],
  options: flagSet({ replaces: textFlag.optional(), json: switchFlag }),
  examples: ['rearview ruleset rollback', 'rearview ruleset rollback 41 --target aws'],
  async run(context, { args: [to], options: { replaces, json }, globals }) {
    const problems: string[] = [];
    const put = async (target: Target) => {
      const rolledBack = await rollBack(target, { to, replaces, now: Date.now });
      const { changed, current, before, ruleset, notSigned, stagedNotNoted } = rolledBack;
      if (notSigned !== null) {
        const consequence = 'It is used from its sources, which are compiled at each start.';
        problems.push(`problem: ruleset: the ruleset was not signed: ${notSigned} ${consequence}`);
      }
      const line = changed
        ? publishedLine(current, `active again, the same as number ${current.returnsTo}`)
        : publishedLine(current, 'active already');
      const state = changed ? 'published' : 'unchanged';
      await printLine(context.stdout, json ? publishedJson(current, state) : line);
      if (stagedNotNoted !== null) problems.push(stagedNotNotedText(stagedNotNoted));
      if (!changed) return exitCodes.ok;
      const output = json ? context.stderr : context.stdout;
      for (const each of await changeLines(target.library, before, ruleset)) await printLine(output, each);
      await printLine(
        context.stderr,
        'Objects that arrived meanwhile were not scanned with these rules: "rearview retro start" scans them.',
      );
      return exitCodes.ok;
    };
    try {
      return await withExistingTarget(globals, put, {
        observe: (event) => {
          if (event.type === 'problem') problems.push(`problem: ${event.where}: ${event.message}`);
        },
      });
    } finally {
      for (const problem of problems) await printLine(context.stderr, safeText(problem));
    }
  },
});
