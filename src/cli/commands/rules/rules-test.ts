import path from 'node:path';
import { z } from 'zod';
import { testMutants } from '../../../app/gates/test-mutants.ts';
import { type ScannedTest, updateTests } from '../../../app/gates/update-tests.ts';
import { RearviewError } from '../../../domain/errors.ts';
import { nearNames } from '../../../domain/text/near-names.ts';
import { createScanPool } from '../../../engine/pool/scan-pool.ts';
import { reportJunit } from '../../../rule-tests/report-junit.ts';
import { isGreen, type TestRun } from '../../../rule-tests/results.ts';
import type { CliContext } from '../../context.ts';
import { defineCommand } from '../../define-command.ts';
import { exitCodes } from '../../exit-codes.ts';
import { chooseTests, isChosen, refuseEmptyChoices } from '../../flags/chosen-tests.ts';
import { declaredVariables } from '../../flags/declared-variables.ts';
import { choiceFlag, switchFlag } from '../../flags/flags.ts';
import { printMutants } from '../../output/print-mutants.ts';
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
  options: z.object({
    format: choiceFlag(['text', 'tap', 'junit', 'github']).default('text'),
    out: z.string().optional(),
    junit: z.string().optional(),
    report: z.string().optional(),
    name: z.array(z.string().min(1, 'must not be empty.')).default([]),
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
    const choices = await Promise.all(args.map((name) => chooseTests(name, context.cwd, globals)));
    const names = createNameFilter(options.name);
    const scanned: ScannedTest[] = [];
    const prepare = async () =>
      prepareWithCache(context, {
        ...globals,
        variables: await declaredVariables(context),
        lint: false,
        image: 'keep',
        onPrinted: printTo(context),
        onScanned: (test) => void scanned.push(test),
        ...(choices.length === 0
          ? {}
          : { testOnly: (namespace: string) => choices.some((choice) => isChosen(choice, namespace)) }),
        ...(options.name.length === 0 ? {} : { onlyTest: names.takes }),
      });
    let prepared = await prepare();
    refuseEmptyChoices(choices, prepared.loaded);
    if (options.update) {
      const updated = await updateTests(globals.testsDir, scanned);
      await printUpdated(context, globals, options.format === 'text' ? 'stdout' : 'stderr', updated);
      if (updated.some(({ refused }) => refused === null)) prepared = await prepare();
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
    names.refuseUnknown();
    await printTestRun(context, globals, options, tests);
    if (options.mutate && haveNoFailures(tests)) {
      const pool = createScanPool({ workers: mutantWorkers });
      try {
        const report = await testMutants({ files: loaded.files, run: tests, testsDir: globals.testsDir, pool });
        await printMutants(context, report, { listUntested: options.name.length === 0 });
      } finally {
        await pool.close();
      }
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

/** Takes tests that have one of the texts in their name. */
function createNameFilter(texts: readonly string[]) {
  const seen: string[] = [];
  const has = (name: string, text: string) => name.toLowerCase().includes(text.toLowerCase());
  return {
    takes(name: string): boolean {
      seen.push(name);
      return texts.some((text) => has(name, text));
    },
    /** @throws RearviewError `ERR_USAGE` where a text is in no name */
    refuseUnknown(): void {
      const unknown = texts.find((text) => !seen.some((name) => has(name, text)));
      if (unknown === undefined) return;
      const near = nearNames(unknown, seen).map((name) => `  ${JSON.stringify(name)}`);
      const rest = near.length === 0 ? 'There are no tests.' : 'Similar names:';
      throw new RearviewError('ERR_USAGE', [`No test has ${JSON.stringify(unknown)} in its name. ${rest}`, ...near]);
    },
  };
}
