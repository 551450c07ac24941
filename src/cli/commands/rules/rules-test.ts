import path from 'node:path';
import { testMutants } from '../../../app/gates/test-mutants.ts';
import { type ScannedTest, updateTests } from '../../../app/gates/update-tests.ts';
import { RearviewError } from '../../../domain/errors.ts';
import { ruleId } from '../../../domain/rulesets/rule.ts';
import { nameHint } from '../../../domain/text/near-names.ts';
import { createScanPool } from '../../../engine/pool/scan-pool.ts';
import { reportJunit } from '../../../rule-tests/report-junit.ts';
import { isGreen, type TestRun } from '../../../rule-tests/results.ts';
import type { CliContext } from '../../context.ts';
import { defineCommand } from '../../define-command.ts';
import { exitCodes } from '../../exit-codes.ts';
import { chooseTests, isChosen, refuseEmptyChoices } from '../../flags/chosen-tests.ts';
import { declaredVariables } from '../../flags/declared-variables.ts';
import { filledFlag, flagSet, repeatedFlag, textFlag } from '../../flags/flag.ts';
import { choiceFlag, switchFlag } from '../../flags/flags.ts';
import { printLine } from '../../output/output.ts';
import { mutantLines } from '../../output/print-mutants.ts';
import { emptyRun, printTestRun, printUntested } from '../../output/print-tests.ts';
import { printUpdated } from '../../output/print-updated.ts';
import { printTo } from '../../output/printed-text-lines.ts';
import { reportFlag } from '../../output/review-section.ts';
import { writeOut } from '../../output/write-out.ts';
import { prepareWithCache } from '../../wiring/prepare-with-cache.ts';

/** Samples are small: more threads take longer to start than they save. */
const mutantWorkers = 2;

/** `rules test`. */
export const rulesTest = defineCommand({
  description:
    'Build the rules and run their tests on the ruleset that would be published.\n\nA public rule needs a test that it matches and one that it does not.\nEnds with 1 if a test fails, a rule has no tests, or the rules do not compile.',
  args: [
    [
      '[files...]',
      'Rule files, test files, or folders of them, relative to the rules, tests or working folder. Default: all.',
    ],
  ],
  flags: [
    [
      '--name <text...>',
      'Run only tests with this text in their name, ignoring case. May be repeated. Rules without tests are not reported.',
    ],
    [
      '--format <name>',
      'text, tap, junit or github (annotations for GitHub Actions on stdout, the text on stderr). Default: text.',
    ],
    ['--out <file>', 'Write the report to this file instead of stdout; with --format github, the text.'],
    ['--junit <file>', 'Also write a JUnit report to this file, with any format.'],
    [
      '--mutate',
      'If no test fails, also change the rules in small ways, and list the changes that no test notices. They do not change the exit code.',
    ],
    [
      '--update',
      'Write what matches now into the tests: rules, and strings with offset and data. A test that expects no matches keeps expecting none.',
    ],
    ['--force', 'With --update: also in CI, where CI is set.'],
    reportFlag,
  ],
  options: flagSet({
    format: choiceFlag(['text', 'tap', 'junit', 'github']).default('text'),
    out: textFlag.optional(),
    junit: textFlag.optional(),
    report: textFlag.optional(),
    name: repeatedFlag(filledFlag),
    mutate: switchFlag,
    update: switchFlag,
    force: switchFlag,
  }),
  examples: [
    'rearview rules test',
    'rearview rules test webshell/php.yar script/',
    'rearview rules test webshell/php.yar --name "form handler"',
    'rearview rules test webshell/php.yar --mutate',
    'rearview rules test webshell/php.yar --update',
    'rearview rules test --format junit --out tests.xml',
    'rearview rules test --format github --junit tests.xml --report tests.json',
  ],
  async run(context, { args, options, globals }) {
    if (options.mutate && options.format !== 'text') {
      throw new RearviewError(
        'ERR_USAGE',
        `--mutate prints text only: leave out --format ${options.format}, or run the tests with it first.`,
      );
    }
    refuseUpdateInCi(context, options);
    const { testsDir } = globals;
    const choices = await Promise.all(args.map((name) => chooseTests(name, context.cwd, globals)));
    const scanned: ScannedTest[] = [];
    const isChosenFile = (namespace: string) =>
      choices.length === 0 || choices.some((choice) => isChosen(choice, namespace));
    const prepare = async (names: Pick<NameFilter, 'takes'> | null, testOnly = isChosenFile) =>
      prepareWithCache(context, {
        ...globals,
        variables: await declaredVariables(context),
        lint: false,
        image: 'keep',
        onPrinted: printTo(context),
        onScanned: (test) => void scanned.push(test),
        testOnly,
        ...(names === null ? {} : { onlyTest: names.takes }),
      });
    const names = options.name.length === 0 ? null : createNameFilter(options.name);
    let prepared = await prepare(names);
    refuseEmptyChoices(choices, prepared.loaded);
    if (options.update) {
      const updated = await updateTests(testsDir, scanned);
      await printUpdated(context, globals, options.format === 'text' ? 'stdout' : 'stderr', updated);
      if (updated.some(({ refused }) => refused === null)) prepared = await prepare(names);
    }
    const { diagnostics, loaded, tests } = prepared;
    const errors = diagnostics.filter(({ severity }) => severity === 'error');
    if (options.junit !== undefined) {
      await writeOut(
        context,
        '--junit',
        path.resolve(context.cwd, options.junit),
        reportJunit(tests ?? emptyRun(errors)),
      );
    }
    if (tests === undefined) {
      await printUntested(context, globals, options, errors);
      return exitCodes.problems;
    }
    names?.refuseUnknown();
    const mutate = async (): Promise<readonly string[]> => {
      if (!options.mutate || !haveNoFailures(tests)) return [];
      const rules = names === null ? null : matchedIn(tests, scanned);
      if (rules?.size === 0) return ['', 'No mutants: these tests expect no rule to match.'];
      const concerned = new Set(tests.files.filter((each) => each.tests.length > 0).map(({ namespace }) => namespace));
      // All tests of a file may notice a change of its rules, whichever were named.
      const whole = rules === null ? tests : (await prepare(null, (namespace) => concerned.has(namespace))).tests;
      const pool = createScanPool({ workers: mutantWorkers });
      try {
        const options = rules === null ? {} : { rules };
        const { files } = loaded;
        return ['', ...mutantLines(await testMutants({ files, run: whole ?? tests, testsDir, pool, ...options }))];
      } finally {
        await pool.close();
      }
    };
    if (options.out !== undefined) await printTestRun(context, globals, options, tests, await mutate());
    else {
      await printTestRun(context, globals, options, tests);
      for (const line of await mutate()) await printLine(context.stdout, line);
    }
    return isGreen(tests) ? exitCodes.ok : exitCodes.problems;
  },
});

/** @throws RearviewError `ERR_USAGE` */
function refuseUpdateInCi(
  { env }: CliContext,
  { update, force }: { readonly update: boolean; readonly force: boolean },
) {
  const ci = env['CI'] ?? '';
  if (!update || force || ci === '' || ci === 'false' || ci === '0') return;
  const message =
    '--update: CI is set, and a test that changes itself there proves nothing. Update on your machine and commit, or add --force.';
  throw new RearviewError('ERR_USAGE', message);
}

/** Rules without tests are no failure: the others can be changed. */
function haveNoFailures({ failed, problems }: TestRun): boolean {
  return failed === 0 && problems.every(({ severity }) => severity !== 'error');
}

/** Ids of the rules of the tested files that matched in the tests that passed. */
function matchedIn({ files }: TestRun, scanned: readonly ScannedTest[]): ReadonlySet<string> {
  const found = files.flatMap(({ path, namespace, tests }) => {
    const passed = new Set(tests.filter(({ status }) => status === 'passed').map(({ name }) => name));
    return scanned
      .filter((each) => each.path === path && passed.has(each.name))
      .flatMap(({ matches }) => matches.filter((match) => match.namespace === namespace))
      .map((match) => ruleId({ namespace, name: match.rule }));
  });
  return new Set(found);
}

interface NameFilter {
  takes(name: string): boolean;
  /** @throws RearviewError `ERR_USAGE` where a text is in no name */
  refuseUnknown(): void;
}

/** Takes tests that have one of the texts in their name. */
function createNameFilter(texts: readonly string[]): NameFilter {
  const seen: string[] = [];
  const has = (name: string, text: string) => name.toLowerCase().includes(text.toLowerCase());
  return {
    takes(name) {
      seen.push(name);
      return texts.some((text) => has(name, text));
    },
    refuseUnknown() {
      const unknown = texts.find((text) => !seen.some((name) => has(name, text)));
      if (unknown === undefined) return;
      const hint = nameHint(
        unknown,
        seen.map((name) => JSON.stringify(name)),
        'There are no tests.',
      );
      const [first, ...names] = hint;
      throw new RearviewError('ERR_USAGE', [`No test has ${JSON.stringify(unknown)} in its name. ${first}`, ...names]);
    },
  };
}
