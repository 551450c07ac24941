import { z } from 'zod';
import { diffRulesets } from '../../rules/diff-rulesets.ts';
import { baseFlag, baseRuleset, headRuleset } from '../base-ruleset.ts';
import { defineCommand } from '../define-command.ts';
import { exitCodes } from '../exit-codes.ts';
import { switchFlag } from '../flags.ts';
import { jsonLine, printLine } from '../output.ts';
import { diffLines } from '../ruleset-diff.ts';

/** `rules diff`. */
export const rulesDiff = defineCommand({
  name: 'diff',
  summary: 'Say what changed in the rules.',
  description:
    'Compares the rules with those of a base, rule by rule: + added, - removed, ~ logic changed, = only meta or tags changed, > moved. Only new logic is scanned over what came before. Ends with 1 where the rules, or those of the base, do not compile.',
  flags: [
    baseFlag,
    ['--json', 'One JSON object: changes, the number of unchanged rules, and the logic hashes to scan.'],
  ],
  options: z.object({ base: z.string().default('published'), json: switchFlag }),
  examples: ['rearview rules diff', 'rearview rules diff --base ../main/rules --json'],
  async run(context, { options, globals }) {
    const base = await baseRuleset(context, globals, options.base);
    const head = base === undefined ? null : await headRuleset(context, globals);
    if (base === undefined || head === null) return exitCodes.findings;
    const diff = diffRulesets(base, head);
    await printLine(context.stdout, options.json ? jsonLine(diff) : diffLines(diff).join('\n'));
    return exitCodes.ok;
  },
});
