import { z } from 'zod';
import { diffSection } from '../../reviews/diff-section.ts';
import { reviewSchema } from '../../reviews/section.ts';
import { diffRulesets } from '../../rules/diff-rulesets.ts';
import { baseFlag, baseRuleset, headRuleset } from '../base-ruleset.ts';
import { defineCommand } from '../define-command.ts';
import { exitCodes } from '../exit-codes.ts';
import { switchFlag } from '../flags.ts';
import { jsonLine, printLine } from '../output.ts';
import { reportFlag, tellSection } from '../review-section.ts';
import { detailedDiffLines } from '../ruleset-diff.ts';

/** `rules diff`. */
export const rulesDiff = defineCommand({
  name: 'diff',
  summary: 'Say what changed in the rules, and what it means.',
  description:
    'Compares the rules with those of a base, rule by rule: + added, - removed, ~ logic changed, = only meta or tags changed, > moved. Of changed logic it shows what was and is written, and says whether the rule is broader (it matches all that it matched, and maybe more) or narrower (nothing that it did not match) where that is certain. Only new logic is scanned over what came before. Ends with 1 where the rules, or those of the base, do not compile.',
  flags: [
    baseFlag,
    ['--json', 'One JSON object: changes, the number of unchanged rules, and the logic hashes to scan.'],
    reportFlag,
  ],
  options: z.object({ base: z.string().default('published'), json: switchFlag, report: z.string().optional() }),
  examples: [
    'rearview rules diff',
    'rearview rules diff --base ../main/rules --json',
    'rearview rules diff --base git:HEAD^1 --report diff.json',
  ],
  async run(context, { options, globals }) {
    const left = async (verdict: 'failed' | 'unknown', why: string) => {
      await tellSection(context, options.report, { schema: reviewSchema, section: 'left', verdict, of: 'diff', why });
      return exitCodes.findings;
    };
    const base = await baseRuleset(context, globals, options.base);
    if (base === undefined) return left('unknown', 'The rules of the base do not compile.');
    const head = await headRuleset(context, globals);
    if (head === null) return left('failed', 'The rules do not compile.');
    const diff = diffRulesets(base, head);
    await printLine(context.stdout, options.json ? jsonLine(diff) : detailedDiffLines(diff).join('\n'));
    await tellSection(context, options.report, diffSection(diff));
    return exitCodes.ok;
  },
});
