import path from 'node:path';
import { z } from 'zod';
import { testMutants } from '../../../app/gates/test-mutants.ts';
import { RearviewError } from '../../../domain/errors.ts';
import { nearNames } from '../../../domain/text/near-names.ts';
import { createScanPool } from '../../../engine/pool/scan-pool.ts';
import { reportJunit } from '../../../rule-tests/report-junit.ts';
import { isGreen, type TestRun } from '../../../rule-tests/results.ts';
import { defineCommand } from '../../define-command.ts';
import { exitCodes } from '../../exit-codes.ts';
import { chooseTests, isChosen, refuseEmptyChoices } from '../../flags/chosen-tests.ts';
import { declaredVariables } from '../../flags/declared-variables.ts';
import { choiceFlag, switchFlag } from '../../flags/flags.ts';
import { printMutants } from '../../output/print-mutants.ts';
import { emptyRun, printTestRun, printUntested } from '../../output/print-tests.ts';
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
    reportFlag,
  ],
  options: z.object({
    format: choiceFlag(['text', 'tap', 'junit', 'github']).default('text'),
    out: z.string().optional(),
    junit: z.string().optional(),
    report: z.string().optional(),
    name: z.array(z.string().min(1, 'must not be empty.')).default([]),
    mutate: switchFlag,
  }),
  examples: [
    'rearview rules test',
    'rearview rules test webshell/php.yar script/',
    'rearview rules test webshell/php.yar --name "form handler"',
    'rearview rules test webshell/php.yar --mutate',
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
    const choices = await Promise.all(args.map((name) => chooseTests(name, context.cwd, globals)));
    const names = createNameFilter(options.name);
    const { diagnostics, loaded, tests } = await prepareWithCache(context, {
      ...globals,
      variables: await declaredVariables(context),
      lint: false,
      image: 'keep',
      onPrinted: printTo(context),
      ...(choices.length === 0
        ? {}
        : { testOnly: (namespace: string) => choices.some((choice) => isChosen(choice, namespace)) }),
      ...(options.name.length === 0 ? {} : { onlyTest: names.takes }),
    });
    refuseEmptyChoices(choices, loaded);
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
