import path from 'node:path';
import type { Diagnostic } from '../../domain/rulesets/diagnostic.ts';
import { reviewSchema } from '../../pull-requests/section.ts';
import { testsSection } from '../../pull-requests/tests-section.ts';
import { reportJunit } from '../../rule-tests/report-junit.ts';
import { reportTap } from '../../rule-tests/report-tap.ts';
import { reportLines, reportText } from '../../rule-tests/report-text.ts';
import type { TestRun } from '../../rule-tests/results.ts';
import type { CliContext, GlobalOptions } from '../context.ts';
import { repositoryPath } from '../git/repository-path.ts';
import { printAnnotations, testAnnotations } from './annotations.ts';
import { printDiagnostics } from './diagnostics.ts';
import { painter, printLine, safeText } from './output.ts';
import { writeSection } from './review-section.ts';
import { writeOut } from './write-out.ts';

const reporters = { text: reportText, tap: reportTap, junit: reportJunit } as const;

/** Format and files of the result of a test run. */
export interface TestOutput {
  readonly format: keyof typeof reporters | 'github';
  readonly out?: string | undefined;
  readonly report?: string | undefined;
}

/**
 * Prints a test run in its format, and writes the section of a review if requested.
 * @param more lines to add to a file. Default: none
 */
export async function printTestRun(
  context: CliContext,
  globals: GlobalOptions,
  { format, out, report }: TestOutput,
  run: TestRun,
  more: readonly string[] = [],
) {
  const writes = format === 'github' ? 'text' : format;
  if (out !== undefined)
    await writeOut(
      context,
      '--out',
      path.resolve(context.cwd, out),
      reporters[writes](run) + more.map((line) => `${line}\n`).join(''),
    );
  else {
    // Text from outside may have line ends, so each line is made safe separately.
    const text = writes === 'text' ? reportLines(run).map(safeText).join('\n') : reporters[writes](run).trimEnd();
    await printLine(format === 'github' ? context.stderr : context.stdout, text);
  }
  if (format === 'github') await printAnnotations(context, 'rules test', testAnnotations(context, globals, run));
  const fileOf = (file: string) => repositoryPath(context, path.join(globals.testsDir, file));
  await writeSection(context, report, testsSection(run, fileOf));
}

const noTest = 'No test was run: the rules do not compile.';

/** Prints that no test was run, and the reason. */
export async function printUntested(
  context: CliContext,
  globals: GlobalOptions,
  { format, report }: TestOutput,
  errors: readonly Diagnostic[],
) {
  await printDiagnostics(context, 'stderr', globals, errors, painter(context, 'stderr'));
  if (format === 'github') {
    // `rules check` has annotated the errors of the rules already, and GitHub shows only ten.
    const place = { file: '', line: 0, column: 0 };
    const lines = [`${noTest} See the errors of rules check, or the log of this step.`];
    await printAnnotations(context, 'rules test', [{ severity: 'error', title: 'rules test', lines, place }]);
  }
  await printLine(context.stderr, noTest);
  await writeSection(context, report, {
    ...{ schema: reviewSchema, section: 'left', verdict: 'unknown', of: 'tests', why: noTest },
  });
}

/** A run without tests, so that a JUnit report with the reason can be written. */
export function emptyRun(errors: readonly Diagnostic[]): TestRun {
  return { files: [], passed: 0, failed: 0, todo: 0, untested: [], problems: errors };
}
