import path from 'node:path';
import { z } from 'zod';
import { prepareRules } from '../../app/prepare-rules.ts';
import { RearviewError } from '../../domain/errors.ts';
import { reportJunit } from '../../rules/testing/report-junit.ts';
import { isGreen } from '../../rules/testing/results.ts';
import type { GlobalOptions } from '../context.ts';
import { defineCommand } from '../define-command.ts';
import { exitCodes } from '../exit-codes.ts';
import { choiceFlag } from '../flags.ts';
import { printTo } from '../printed-text-lines.ts';
import { reportFlag } from '../review-section.ts';
import { emptyRun, tellRun, tellUntested } from '../tell-tests.ts';
import { writeOut } from '../write-out.ts';

const testFileSuffix = '.test.yaml';

/** `rules test`. */
export const rulesTest = defineCommand({
  name: 'test',
  summary: 'Run the tests of the rules.',
  description:
    'Builds the rules and runs their tests on the very ruleset that would be published. A public rule needs a test that it matches and one that it does not. Ends with 1 where a test fails, a rule has no tests, or the rules do not compile.',
  args: [['[files...]', 'Rule files or test files to run the tests of. Default: all.']],
  flags: [
    [
      '--format <name>',
      'text, tap or junit; or github for annotations in a job of GitHub Actions: workflow commands on stdout, and the text on stderr. Default: text.',
    ],
    ['--out <file>', 'Write the text, TAP or JUnit there instead of to stdout; of github, the text.'],
    ['--junit <file>', 'Write a JUnit report there as well, whatever the format.'],
    reportFlag,
  ],
  options: z.object({
    format: choiceFlag(['text', 'tap', 'junit', 'github']).default('text'),
    out: z.string().optional(),
    junit: z.string().optional(),
    report: z.string().optional(),
  }),
  examples: [
    'rearview rules test',
    'rearview rules test rules/webshell/php.yar',
    'rearview rules test --format junit --out tests.xml',
    'rearview rules test --format github --junit tests.xml --report tests.json',
  ],
  async run(context, { args, options, globals }) {
    const wanted = new Set(args.map((file) => namespaceOf(file, context.cwd, globals)));
    const { diagnostics, loaded, tests } = await prepareRules({
      ...globals,
      lint: false,
      onPrinted: printTo(context),
      ...(wanted.size === 0 ? {} : { testOnly: (namespace: string) => wanted.has(namespace) }),
    });
    const known = new Set(loaded.files.map(({ namespace }) => namespace));
    const unknown = [...wanted].find((namespace) => !known.has(namespace));
    if (unknown !== undefined) {
      throw new RearviewError('ERR_USAGE', `There is no rule file ${unknown} below ${globals.rulesDir}.`);
    }
    const errors = diagnostics.filter(({ severity }) => severity === 'error');
    if (options.junit !== undefined) {
      await writeOut(context, '--junit', path.resolve(context.cwd, options.junit), reportJunit(tests ?? emptyRun(errors)));
    }
    if (tests === undefined) {
      await tellUntested(context, globals, options, errors);
      return exitCodes.findings;
    }
    await tellRun(context, globals, options, tests);
    return isGreen(tests) ? exitCodes.ok : exitCodes.findings;
  },
});

/** The namespace that a rule file or its test file stands for, wherever the path begins. */
function namespaceOf(file: string, cwd: string, { rulesDir, testsDir }: GlobalOptions): string {
  const absolute = path.resolve(cwd, file);
  const [folder, name] = absolute.endsWith(testFileSuffix)
    ? [testsDir, absolute.slice(0, -testFileSuffix.length)]
    : [rulesDir, absolute];
  const below = path.relative(folder, name);
  if (below.startsWith('..') || path.isAbsolute(below)) {
    throw new RearviewError(
      'ERR_USAGE',
      `${file} lies neither below ${rulesDir} nor, as a test file, below ${testsDir}.`,
    );
  }
  return below.split(path.sep).join('/');
}
