import path from 'node:path';
import { z } from 'zod';
import { prepareRules } from '../../app/prepare-rules.ts';
import { RearviewError } from '../../domain/errors.ts';
import { reportJunit } from '../../rules/testing/report-junit.ts';
import { reportTap } from '../../rules/testing/report-tap.ts';
import { reportText } from '../../rules/testing/report-text.ts';
import { isGreen } from '../../rules/testing/results.ts';
import type { GlobalOptions } from '../context.ts';
import { defineCommand } from '../define-command.ts';
import { printDiagnostics } from '../diagnostics.ts';
import { exitCodes } from '../exit-codes.ts';
import { painter, printLine, safeLines } from '../output.ts';
import { writeOut } from '../write-out.ts';

const reporters = { text: reportText, tap: reportTap, junit: reportJunit } as const;
const formats = ['text', 'tap', 'junit'] as const;
const testFileSuffix = '.test.yaml';

/** `rules test`. */
export const rulesTest = defineCommand({
  name: 'test',
  summary: 'Run the tests of the rules.',
  description:
    'Builds the rules and runs their tests on the very ruleset that would be published. A public rule needs a test that it matches and one that it does not. Ends with 1 where a test fails, a rule has no tests, or the rules do not compile.',
  args: [['[files...]', 'Rule files or test files to run the tests of. Default: all.']],
  flags: [
    ['--format <name>', 'text, tap or junit. Default: text.'],
    ['--out <file>', 'Write the report there instead of to stdout.'],
  ],
  options: z.object({
    format: z
      .enum(formats, { error: ({ input }) => `"${String(input)}" is none of ${formats.join(', ')}.` })
      .default('text'),
    out: z.string().optional(),
  }),
  examples: [
    'rearview rules test',
    'rearview rules test rules/webshell/php.yar',
    'rearview rules test --format junit --out tests.xml',
  ],
  async run(context, { args, options, globals }) {
    const wanted = new Set(args.map((file) => namespaceOf(file, context.cwd, globals)));
    const { diagnostics, loaded, tests } = await prepareRules({
      ...globals,
      lint: false,
      ...(wanted.size === 0 ? {} : { testOnly: (namespace: string) => wanted.has(namespace) }),
    });
    const known = new Set(loaded.files.map(({ namespace }) => namespace));
    const unknown = [...wanted].find((namespace) => !known.has(namespace));
    if (unknown !== undefined) {
      throw new RearviewError('ERR_USAGE', `There is no rule file ${unknown} below ${globals.rulesDir}.`);
    }
    if (tests === undefined) {
      const errors = diagnostics.filter(({ severity }) => severity === 'error');
      await printDiagnostics(context, 'stderr', globals, errors, painter(context, 'stderr'));
      await printLine(context.stderr, 'No test was run: the rules do not compile.');
      return exitCodes.findings;
    }
    const report = reporters[options.format](tests);
    if (options.out !== undefined) await writeOut('--out', path.resolve(context.cwd, options.out), report);
    else await printLine(context.stdout, (options.format === 'text' ? safeLines(report) : report).replace(/\n$/, ''));
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
