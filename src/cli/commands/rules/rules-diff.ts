import { z } from 'zod';
import { diffSection } from '../../../pull-requests/diff-section.ts';
import { reviewSchema } from '../../../pull-requests/section.ts';
import { diffRulesets } from '../../../rules/diff-rulesets.ts';
import { defineCommand } from '../../define-command.ts';
import { exitCodes } from '../../exit-codes.ts';
import { baseFlag, baseRuleset, headRuleset } from '../../flags/base-ruleset.ts';
import { switchFlag } from '../../flags/flags.ts';
import { jsonLine, printLine } from '../../output/output.ts';
import { reportFlag, tellSection } from '../../output/review-section.ts';
import { detailedDiffLines } from '../../output/ruleset-diff.ts';

/** `rules diff`. */
export const rulesDiff = defineCommand({
  description:
    'Compares the rules with those of a base, rule by rule: + added, - removed, ~ logic changed, = only meta or tags changed, > moved. Of changed logic it shows what was and is written, and says whether the rule is broader (it matches all that it matched, and maybe more) or narrower (nothing that it did not match) where that is certain. Only new logic is scanned over what came before. A base that does not compile has no rules. Ends with 1 where the rules do not compile.',
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
    const base = await baseRuleset(context, globals, options.base);
    const head = await headRuleset(context, globals);
    if (head === null) {
      const left = { schema: reviewSchema, section: 'left', verdict: 'failed', of: 'diff' } as const;
      await tellSection(context, options.report, { ...left, why: 'The rules do not compile.' });
      return exitCodes.findings;
    }
    const diff = diffRulesets(base, head);
    await printLine(context.stdout, options.json ? jsonLine(diff) : detailedDiffLines(diff).join('\n'));
    await tellSection(context, options.report, diffSection(diff));
    return exitCodes.ok;
  },
});
