import { countRuleTests } from '../../../app/gates/count-rule-tests.ts';
import { diffSection } from '../../../pull-requests/diff-section.ts';
import { reviewSchema } from '../../../pull-requests/section.ts';
import { diffRulesets } from '../../../rules/diff-rulesets.ts';
import { isVendored } from '../../../rules/vendored.ts';
import { defineCommand } from '../../define-command.ts';
import { exitCodes } from '../../exit-codes.ts';
import { baseFlag, baseRuleset, headRuleset } from '../../flags/base-ruleset.ts';
import { flagSet, textFlag } from '../../flags/flag.ts';
import { switchFlag } from '../../flags/flags.ts';
import { placesOfRules } from '../../git/places-of-rules.ts';
import { jsonLine, printLine } from '../../output/output.ts';
import { reportFlag, writeSection } from '../../output/review-section.ts';
import { detailedDiffLines } from '../../output/ruleset-diff.ts';

/** `rules diff`. */
export const rulesDiff = defineCommand({
  description:
    'Compare the rules with a base, rule by rule.\n\n+ added, - removed, ~ logic changed, = only meta or tags changed, > moved, ! a public rule that is left out. A changed rule is called broader or narrower where that is certain.\nA base that does not compile has no rules. Ends with 1 if the rules do not compile.',
  flags: [
    baseFlag,
    [
      '--json',
      'Print one JSON object: changes, the number of unchanged rules, the logic hashes to scan, and the public rules that are left out.',
    ],
    reportFlag,
  ],
  options: flagSet({ base: textFlag.default('published'), json: switchFlag, report: textFlag.optional() }),
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
      await writeSection(context, options.report, { ...left, why: 'The rules do not compile.' });
      return exitCodes.problems;
    }
    const diff = diffRulesets(base, head);
    await printLine(context.stdout, options.json ? jsonLine(diff) : detailedDiffLines(diff).join('\n'));
    const changed = diff.changes.flatMap(({ kind, rule }) => (kind === 'removed' ? [] : [rule]));
    const places = options.report === undefined ? null : await placesOfRules(context, globals, changed);
    const added = diff.changes.flatMap(({ kind, rule }) => (kind === 'added' && !isVendored(rule) ? [rule] : []));
    const tests = options.report === undefined ? null : await countRuleTests(globals.testsDir, added);
    const section = diffSection(diff, {
      ...{ base, head, placeOf: (rule) => places?.get(rule) ?? null },
      testsOf: (rule) => tests?.get(rule) ?? null,
    });
    await writeSection(context, options.report, section);
    return exitCodes.ok;
  },
});
