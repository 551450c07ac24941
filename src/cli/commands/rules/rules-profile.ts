import path from 'node:path';
import { goodwareLogic } from '../../../app/gates/goodware-logic.ts';
import { type Budget, budgetOf } from '../../../app/profile/budget.ts';
import { readCorpusData } from '../../../app/profile/corpus-data.ts';
import { createMeter } from '../../../app/profile/cost.ts';
import { createCostMemory } from '../../../app/profile/cost-memory.ts';
import { builtInData, type ProfiledData } from '../../../app/profile/data-kinds.ts';
import { profileRules, type RulesProfile } from '../../../app/profile/profile-rules.ts';
import { createMemo } from '../../../app/rulesets/kept/create-memo.ts';
import { RearviewError } from '../../../domain/errors.ts';
import { ruleId } from '../../../domain/rulesets/rule.ts';
import type { Ruleset } from '../../../domain/rulesets/ruleset.ts';
import { nameHint } from '../../../domain/text/near-names.ts';
import { createScanPool } from '../../../engine/pool/scan-pool.ts';
import { profileSection } from '../../../pull-requests/profile-section.ts';
import { reviewSchema } from '../../../pull-requests/section.ts';
import { noMemo } from '../../../rules/memo.ts';
import { readSources } from '../../../rules/sources/read-sources.ts';
import type { CliContext } from '../../context.ts';
import { defineCommand } from '../../define-command.ts';
import { exitCodes } from '../../exit-codes.ts';
import { baseRuleset, headRuleset } from '../../flags/base-ruleset.ts';
import { flagSet, textFlag } from '../../flags/flag.ts';
import { countFlag, durationFlag, switchFlag, textsFlag } from '../../flags/flags.ts';
import { readReviewConfig, reviewConfigFlag } from '../../flags/review-config.ts';
import { sizeFlag } from '../../flags/size-flag.ts';
import { jsonLine, painter, plural, printLine } from '../../output/output.ts';
import { profileLines } from '../../output/profile-lines.ts';
import { profilePicture } from '../../output/profile-picture.ts';
import { reportFlag, writeSection } from '../../output/review-section.ts';
import { beginStatusText } from '../../output/status-text.ts';
import { writeOut } from '../../output/write-out.ts';
import { openUserCache } from '../../wiring/prepare-with-cache.ts';
import { openScanTargets } from '../../wiring/scan-targets.ts';

const mebibyte = 1024 * 1024;

/** `rules profile`. */
export const rulesProfile = defineCommand({
  description:
    'Measure what rules and their strings cost, on several kinds of data.\n\nEach rule is scanned by itself, with the rules that it needs, over generated data: text, executable, random, zeros, repeats, script, HTML, mail.\nIts cost is a multiple of the time that a rule with one plain text takes at the same moment, on the kind where it is slowest.\nCosts of public rules are remembered.\nEnds with 1 if a rule is above profile.maxTimes of the configuration, or an active public rule above the budget of its source.',
  args: [['[rule...]', 'Names of rules, ids (file.yar:Name), files or folders. Default: all rules.']],
  flags: [
    ['--corpus <path...>', 'Also measure on these files or folders, as one more kind of data. May be repeated.'],
    ['--corpus-size <size>', 'Bytes of the corpus to read at most, or with a unit. Default: 16MiB.'],
    ['--base <base>', 'Measure only rules whose logic this base does not have, as in rules diff. Default: all rules.'],
    ['--top <n>', 'Rules to list, with their strings. Default: 20.'],
    ['--most <n>', 'Rules to measure at most. Default: all.'],
    ['--within <duration>', 'Begin no measurement after this time, for example 5m. Default: no limit.'],
    ['--repeat <n>', 'Scans of each file with each rule; the fastest counts. Default: 4.'],
    ['--timeout <ms>', 'Time limit for one scan, in milliseconds. Default: 10000.'],
    ['--out <file>', 'Write a picture of the slowest rules to this file (SVG).'],
    ['--json', 'Print one JSON object.'],
    reviewConfigFlag,
    reportFlag,
  ],
  options: flagSet({
    corpus: textsFlag,
    corpusSize: sizeFlag.default(16 * mebibyte),
    base: textFlag.optional(),
    top: countFlag.default(20),
    most: countFlag.optional(),
    within: durationFlag.optional(),
    repeat: countFlag.default(4),
    timeout: countFlag.default(10_000),
    out: textFlag.optional(),
    json: switchFlag,
    config: textFlag.optional(),
    report: textFlag.optional(),
  }),
  examples: [
    'rearview rules profile',
    'rearview rules profile webshell/ Ransomware_LockBit_Note --out cost.svg',
    'rearview rules profile --corpus ~/samples --top 5',
    'rearview rules profile --base git:HEAD^1 --within 5m --report profile.json',
  ],
  handlesInterrupt: true,
  async run(context, { args, options, globals }) {
    const { maxTimes } = (await readReviewConfig(context, options.config)).profile;
    const base = options.base === undefined ? null : await baseRuleset(context, globals, options.base, options.config);
    const head = await headRuleset(context, globals, options.config);
    if (head === null) {
      const why = 'The rules do not compile.';
      await writeSection(context, options.report, {
        ...{ schema: reviewSchema, section: 'left', verdict: 'unknown', of: 'profile', why },
      });
      await printLine(context.stderr, `Nothing was measured: ${why}`);
      return exitCodes.problems;
    }
    const chosen = chooseRules(head, args);
    // A public rule that begins to alert has to keep its budget, whether or not its logic changed.
    const logic = options.base === undefined ? null : new Set(goodwareLogic(base, head));
    const sources = await readSources(globals.rulesDir);
    const budgets = new Map(
      head.rules
        .filter((rule) => !rule.private && chosen(ruleId(rule)) && (logic === null || logic.has(rule.logicHash)))
        .map((rule) => [ruleId(rule), budgetOf(rule, sources, maxTimes)]),
    );
    // Rules that can fail come first.
    const wanted = [...budgets.keys()].sort((a, b) => canFail(budgets.get(b)) - canFail(budgets.get(a)));
    const measured = new Map(wanted.slice(0, options.most).map((rule) => [rule, budgets.get(rule) ?? null]));
    const data = [...builtInData(), ...(await corpusData(context, options))];
    const profile = await measureRules(context, { head, measured, data, ...options });
    if (context.signal.aborted) {
      await printLine(context.stderr, 'Interrupted: not all rules were measured.');
      return exitCodes.interrupted;
    }
    const unmeasured = [...(options.most === undefined ? [] : wanted.slice(options.most)), ...profile.unmeasured];
    const withBudget = (rule: string) => ({ rule, budget: budgets.get(rule) ?? null });
    const section = profileSection({
      rules: profile.rules.map(costOf),
      failed: profile.failed.map((each) => ({ ...each, ...withBudget(each.rule) })),
      unmeasured: unmeasured.map(withBudget),
      maxTimes,
    });
    await writeSection(context, options.report, section);
    if (options.out !== undefined) {
      await writeOut(context, '--out', path.resolve(context.cwd, options.out), profilePicture(profile, maxTimes));
    }
    const lines = options.json
      ? [jsonLine({ maxTimes, ...profile, unmeasured: unmeasured.length })]
      : profileLines(profile, { top: options.top }, painter(context, 'stdout'));
    for (const line of lines) await printLine(context.stdout, line);
    if (unmeasured.length > 0) {
      await printLine(context.stderr, `${plural(unmeasured.length, 'more rule')} not measured (--most, --within)`);
    }
    return section.verdict === 'failed' ? exitCodes.problems : exitCodes.ok;
  },
});

interface MeasureOptions {
  readonly head: Ruleset;
  /** The budgets of the rules to measure, by id. */
  readonly measured: ReadonlyMap<string, Budget | null>;
  readonly data: readonly ProfiledData[];
  readonly top: number;
  readonly repeat: number;
  readonly timeout: number;
  readonly within?: number | undefined;
}

async function measureRules(context: CliContext, options: MeasureOptions): Promise<RulesProfile> {
  const { head, measured, data, top, repeat, timeout, within = Number.POSITIVE_INFINITY } = options;
  const logic = new Map(head.rules.map((rule) => [ruleId(rule), rule.logicHash]));
  const endMs = performance.now() + within;
  const cache = openUserCache(context.env);
  const pool = createScanPool({ workers: 1, deadlineMs: timeout });
  const status = beginStatusText(context);
  try {
    return await profileRules({
      ...{ sources: head.sources, withStrings: top, signal: context.signal },
      budgetOf: (rule) => measured.get(rule) ?? null,
      logicOf: (rule) => logic.get(rule),
      isTimeUp: () => performance.now() > endMs,
      memory: createCostMemory(cache === null ? noMemo : createMemo(cache), data, [repeat]),
      meter: createMeter({ pool, data, repetitions: repeat }),
      isWanted: (rule) => measured.has(rule),
      onProgress(done, of) {
        status.show(`${done} of ${plural(of, 'measurement')}`);
      },
    });
  } finally {
    status.clear();
    cache?.close();
    await pool.close();
  }
}

function canFail(budget: Budget | null | undefined): number {
  return Number(budget?.fails === true);
}

function costOf({ rule, worst, budget, strings: [slowest] }: RulesProfile['rules'][number]) {
  const { kind, msPerMiB, times, timedOut } = worst;
  const string = slowest === undefined ? null : { identifier: slowest.identifier, times: slowest.worst.times };
  return { rule, kind, msPerMiB, times, timedOut, budget, slowest: string };
}

/** @throws RearviewError `ERR_USAGE` for a name that no rule has */
function chooseRules({ rules }: Ruleset, names: readonly string[]): (rule: string) => boolean {
  const ids = rules.filter((rule) => !rule.private).map((rule) => ({ ...rule, id: ruleId(rule) }));
  const chosen = names.map((given) => {
    const name = given.replace(/\/+$/, '');
    const found = ids.filter(
      (rule) =>
        rule.id === name || rule.name === name || rule.namespace === name || rule.namespace.startsWith(`${name}/`),
    );
    if (found.length > 0) return found.map(({ id }) => id);
    const [first, ...listed] = nameHint(
      name,
      ids.map(({ id }) => id),
      'There are no rules.',
    );
    throw new RearviewError('ERR_USAGE', [`Unknown rule, file or folder "${given}". ${first}`, ...listed]);
  });
  const all = new Set(chosen.flat());
  return (rule) => names.length === 0 || all.has(rule);
}

async function corpusData(
  { cwd, signal }: CliContext,
  { corpus, corpusSize }: { readonly corpus: readonly string[]; readonly corpusSize: number },
): Promise<readonly ProfiledData[]> {
  if (corpus.length === 0) return [];
  const targets = await openScanTargets(corpus, { cwd, jobs: 1 });
  try {
    return [await readCorpusData(targets.files(), { totalBytes: corpusSize, signal })];
  } finally {
    targets.close();
  }
}
