import { formatDiagnostic } from '../domain/rulesets/diagnostic.ts';
import { describeFailure } from './describe-failure.ts';
import type { TestFileResult, TestResult, TestRun } from './results.ts';

/**
 * Writes the report for the terminal: failures with their difference and position, and a summary
 * line. Passing tests are not listed.
 */
export function reportText(run: TestRun): string {
  return `${reportLines(run).join('\n')}\n`;
}

/** The lines of the report. Names and messages in them may contain line ends. */
export function reportLines(run: TestRun): readonly string[] {
  const blocks = run.files.flatMap((file) => file.tests.flatMap((each) => testLines(file, each)));
  const diagnostics = [...run.problems, ...run.untested].map(formatDiagnostic);
  return [...blocks, ...diagnostics, sums(run)];
}

function testLines({ path }: TestFileResult, { name, line, status, todo, failure }: TestResult): string[] {
  const place = `${path}:${line}`;
  switch (status) {
    case 'passed':
      return [];
    case 'failed':
      return [
        `✘ ${place}: ${name}`,
        ...(failure === undefined ? [] : describeFailure(failure)).map((each) => `    ${each}`),
      ];
    case 'todo':
      return [`… ${place}: ${name} (todo: ${todo})`];
    case 'todo_passed':
      return [`✔ ${place}: ${name} passes now: remove its todo (${todo})`];
  }
}

function sums({ files, passed, failed, todo, untested, problems }: TestRun): string {
  const errors = problems.filter(({ severity }) => severity === 'error');
  return [
    `${passed} passed`,
    `${failed} failed`,
    `${todo} todo`,
    ...(untested.length > 0 ? [`${untested.length} missing`] : []),
    ...(errors.length > 0 ? [`${errors.length} problems`] : []),
    `in ${files.length} ${files.length === 1 ? 'file' : 'files'}`,
  ].join(', ');
}
