import type { Diagnostic } from '../domain/rulesets/diagnostic.ts';
import { escapeUnits, safeJson } from '../domain/text/safe-json.ts';
import { replaceUnsafe } from '../domain/text/unsafe-characters.ts';
import { describeFailure } from './describe-failure.ts';
import type { TestFileResult, TestResult, TestRun } from './results.ts';

/**
 * Writes TAP 14 (https://testanything.org/tap-version-14-specification.html). Missing tests and
 * problems are points that are not ok; a warning is skipped.
 */
export function reportTap(run: TestRun): string {
  const points = [
    ...run.files.flatMap((file) => file.tests.map((each) => (number: number) => testPoint(number, file, each))),
    ...[...run.problems, ...run.untested].map((each) => (number: number) => diagnosticPoint(number, each)),
  ];
  const lines = points.flatMap((point, index) => point(index + 1));
  return `${['TAP version 14', `1..${points.length}`, ...lines].join('\n')}\n`;
}

function testPoint(
  number: number,
  { path }: TestFileResult,
  { name, line, todo, status, failure }: TestResult,
): string[] {
  const ok = status === 'passed' || status === 'todo_passed' ? 'ok' : 'not ok';
  const directive = todo === undefined ? '' : ` # TODO ${oneLine(todo)}`;
  const head = `${ok} ${number} - ${oneLine(`${path}: ${name}`)}${directive}`;
  return failure === undefined ? [head] : [head, ...yaml(`${path}:${line}`, describeFailure(failure))];
}

function diagnosticPoint(number: number, { severity, code, file, line, message }: Diagnostic): string[] {
  if (severity === 'warning') return [`ok ${number} - ${oneLine(`${file}: ${code}`)} # SKIP ${oneLine(message)}`];
  return [`not ok ${number} - ${oneLine(`${file}: ${code}`)}`, ...yaml(`${file}:${line}`, [message])];
}

function yaml(at: string, difference: readonly string[]): string[] {
  const list = difference.map((each) => `    - ${quoted(each)}`);
  return ['  ---', `  at: ${quoted(at)}`, '  difference:', ...list, '  ...'];
}

/**
 * JSON strings are YAML strings, whatever they contain. `##[` would be read as a command in a
 * GitHub Actions job.
 */
function quoted(text: string): string {
  return safeJson(text).replaceAll('##[', '##\\u005b');
}

function oneLine(text: string): string {
  return replaceUnsafe(text.replace(/[\\#]/g, '\\$&').replace(/\s+/g, ' '), escapeUnits);
}
