import { z } from 'zod';
import type { Observe } from '../../app/events.ts';
import { prepareRules } from '../../app/prepare-rules.ts';
import { publishRuleset } from '../../app/publish-ruleset.ts';
import { RearviewError } from '../../domain/errors.ts';
import type { Home } from '../../homes/home.ts';
import { defineCommand } from '../define-command.ts';
import { printDiagnostics } from '../diagnostics.ts';
import { exitCodes } from '../exit-codes.ts';
import { formatCount, painter, plural, printLine, safeText } from '../output.ts';
import { describeDiff } from '../ruleset-diff.ts';
import { withHome } from '../with-home.ts';

/** `publish`. */
export const publish = defineCommand({
  name: 'publish',
  summary: 'Check, test and build the rules, and put them in force.',
  description:
    'Compiles, lints and tests the rules, stores them as a ruleset named by its content, and puts it in force. Publishing what is in force changes nothing. What arrived before is scanned with the new rules by "rearview retro start". Prints the id of the ruleset, its number, and what changed. Ends with 1 where anything is wrong with the rules; then the ruleset in force stays.',
  flags: [
    ['--replaces <id>', 'Only publish if this ruleset is in force now ("none": none is). Default: whichever is.'],
  ],
  options: z.object({ replaces: z.string().optional() }),
  examples: ['rearview publish'],
  async run(context, { options, globals }) {
    const { ruleset, diagnostics, tests } = await prepareRules(globals);
    await printDiagnostics(context, 'stderr', globals, diagnostics, painter(context, 'stderr'));
    if (ruleset === null) {
      await printLine(context.stderr, 'Not published: mend the errors above. The ruleset in force stays.');
      return exitCodes.findings;
    }
    if (ruleset.rules.length === 0) {
      throw new RearviewError('ERR_CONFIG', `There are no rules below ${globals.rulesDir}: nothing was published.`);
    }
    await printLine(context.stderr, `${plural(tests?.passed ?? 0, 'test')} passed`);
    const problems: string[] = [];
    const observe: Observe = (event) => {
      if (event.type === 'problem') problems.push(`problem: ${event.where}: ${event.message}`);
    };
    const put = async ({ library }: Home) => {
      const { replaces } = options;
      const before = await library.current();
      const { changed, current } = await publishRuleset(library, ruleset, {
        now: Date.now,
        ...(replaces === undefined ? {} : { replaces: replaces === 'none' ? null : replaces }),
      });
      const state = changed ? 'published' : 'in force already';
      await printLine(context.stdout, `${current.rulesetId}  number ${formatCount(current.sequence)}  ${state}`);
      if (!changed) return exitCodes.ok;
      const base = before === null ? null : await library.get(before.rulesetId);
      for (const line of describeDiff(base, ruleset)) await printLine(context.stdout, line);
      return exitCodes.ok;
    };
    try {
      return await withHome(globals, put, { observe });
    } finally {
      for (const problem of problems) await printLine(context.stderr, safeText(problem));
    }
  },
});
