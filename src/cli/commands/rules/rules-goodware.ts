import { availableParallelism } from 'node:os';
import { goodwareLogic } from '../../../app/gates/goodware-logic.ts';
import { readGoodwareExceptions } from '../../../app/gates/read-goodware-exceptions.ts';
import { unpackLimitsOf } from '../../../domain/inside/limits-schema.ts';
import { formatDiagnostic } from '../../../domain/rulesets/diagnostic.ts';
import { ruleId } from '../../../domain/rulesets/rule.ts';
import { exceptionNotes } from '../../../gates/goodware-notes.ts';
import { goodwarePlace, rootWithSlashes } from '../../../gates/goodware-place.ts';
import { goodwareSection } from '../../../pull-requests/goodware-section.ts';
import { reviewSchema, type SectionOf } from '../../../pull-requests/section.ts';
import { subsetRuleset } from '../../../rules/ruleset.ts';
import type { CliContext, GlobalOptions } from '../../context.ts';
import { defineCommand } from '../../define-command.ts';
import { exitCodes } from '../../exit-codes.ts';
import { baseFlag, baseRuleset, headRuleset } from '../../flags/base-ruleset.ts';
import { type FlagSetValues, flagSet, textFlag } from '../../flags/flag.ts';
import { countFlag, switchFlag } from '../../flags/flags.ts';
import { readReviewConfig, reviewConfigDir, reviewConfigFlag } from '../../flags/review-config.ts';
import { goodwareLines } from '../../goodware/goodware-lines.ts';
import { scanGoodwarePlace } from '../../goodware/scan-goodware-place.ts';
import { interruption } from '../../interruption.ts';
import { jsonLine, painter, printLine, safeText } from '../../output/output.ts';
import { reportFlag, writeSection } from '../../output/review-section.ts';

const options = flagSet({
  base: textFlag.default('published'),
  all: switchFlag,
  config: textFlag.optional(),
  report: textFlag.optional(),
  json: switchFlag,
  jobs: countFlag.default(availableParallelism()),
});
type Options = FlagSetValues<typeof options>;

/** `rules goodware`. */
export const rulesGoodware = defineCommand({
  description:
    'Scan goodware with the rules whose logic the base does not have.\n\nA PLACE is a name in goodware.places of the configuration. A match fails unless a reviewed exception covers it. A rule must also match each file whose hash its meta names.\nMatches of public rules are listed by source: they fail only if the rule alerts, and are measured once for each state of the files.\nEnds with 1 if the gate fails or if nothing could be scanned in one of the places; with 0 if no rule changed.',
  args: [['[place...]', 'Names of places. Default: linux, macos or windows, by the platform of this machine.']],
  flags: [
    baseFlag,
    ['--all', 'Scan with all rules, not only the changed ones.'],
    reviewConfigFlag,
    reportFlag,
    ['--json', 'Print the section that --report writes, as one JSON object.'],
    ['--jobs <n>', 'Workers that scan. Default: one per core.'],
  ],
  options,
  examples: [
    'rearview rules goodware',
    'rearview rules goodware --base ../main/rules linux',
    'rearview rules goodware --all --json',
  ],
  handlesInterrupt: true,
  async run(context, { args, options, globals }) {
    const { goodware, unpack: given } = await readReviewConfig(context, options.config);
    const unpack = unpackLimitsOf(given);
    const dir = reviewConfigDir(context, options.config);
    const place = goodwarePlace(goodware.places, args, process.platform);
    const changed = await Promise.race([changedRules(context, globals, options), interruption(context.signal)]);
    if (typeof changed === 'number') {
      await printLine(context.stderr, 'Interrupted: no file was scanned.');
      return changed;
    }
    if (changed === null) return printNotCompiled(context, options);
    const { head, ruleset, rules } = changed;

    const about = { place: place.name, roots: place.roots, rules: rules.length };
    const nowMs = Date.now();
    const { exceptions, problems } = await readGoodwareExceptions(goodware.exceptions, { dir, nowMs });
    if (problems.length > 0) {
      const messages = problems.map(formatDiagnostic);
      for (const each of messages) await printLine(context.stderr, safeText(each));
      return print(context, options, goodwareSection({ ...about, result: null, notes: [], problems: messages }));
    }
    const { testsDir, stateDir } = globals;
    const scan = { ruleset, rules, exceptions, nowMs, testsDir, stateDir, maxBytes: goodware.maxFileBytes, unpack };
    const result =
      rules.length === 0 ? null : await scanGoodwarePlace(context, { ...scan, place, dir, jobs: options.jobs });
    if (context.signal.aborted) return exitCodes.interrupted;
    const notes = exceptionNotes({
      ...{ exceptions, file: goodware.exceptions, used: result?.used ?? new Set(), nowMs },
      scanned: rules.map(ruleId),
      known: head.rules.map(ruleId),
      roots: place.roots.map((root) => rootWithSlashes(root, process.platform)),
    });
    return print(context, options, goodwareSection({ ...about, result, notes }));
  },
});

/**
 * The rules to scan with, and a ruleset of them and their dependencies. Null if they do not
 * compile; the errors are printed.
 */
async function changedRules(context: CliContext, globals: GlobalOptions, { all, base, config }: Options) {
  const before = all ? null : await baseRuleset(context, globals, base, config);
  const head = await headRuleset(context, globals, config);
  if (head === null) return null;
  const logic = new Set(goodwareLogic(before, head));
  const ruleset = subsetRuleset(head, logic);
  return { head, ruleset, rules: ruleset.rules.filter(({ logicHash }) => logic.has(logicHash)) };
}

async function printNotCompiled(context: CliContext, { report }: Options): Promise<number> {
  const why = 'The rules do not compile.';
  await writeSection(context, report, {
    ...{ schema: reviewSchema, section: 'left', verdict: 'unknown', of: 'goodware', why },
  });
  await printLine(context.stderr, `Nothing was scanned: ${why}`);
  return exitCodes.problems;
}

async function print(context: CliContext, options: Options, section: SectionOf<'goodware'>): Promise<number> {
  await writeSection(context, options.report, section);
  const lines = options.json ? [jsonLine(section)] : goodwareLines(section, painter(context, 'stdout'));
  for (const line of lines) await printLine(context.stdout, line);
  return section.verdict === 'passed' ? exitCodes.ok : exitCodes.problems;
}
