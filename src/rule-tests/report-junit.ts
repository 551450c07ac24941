import { type Diagnostic, formatDiagnostic } from '../domain/rulesets/diagnostic.ts';
import { replaceUnsafe } from '../domain/text/unsafe-characters.ts';
import { describeFailure } from './describe-failure.ts';
import type { TestFileResult, TestResult, TestRun } from './results.ts';

/**
 * Writes JUnit XML for CI services: one suite per test file, and one each for missing tests and
 * problems. A known gap is `skipped`, and so is a warning.
 */
export function reportJunit(run: TestRun): string {
  const suites = [
    ...run.files.filter(({ tests }) => tests.length > 0).map(fileSuite),
    ...diagnosticSuite('problems', run.problems),
    ...diagnosticSuite('findings', run.untested),
  ];
  const cases = suites.flat();
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="rule tests"${counts(cases)}>`,
    ...suites.flatMap((suite) => suiteLines(suite)),
    '</testsuites>',
    '',
  ].join('\n');
}

interface Case {
  readonly suite: string;
  readonly name: string;
  readonly file: string;
  readonly line: number;
  readonly failure?: readonly string[];
  readonly skipped?: string;
}

function fileSuite({ path, tests }: TestFileResult): Case[] {
  return tests.map((test) => ({ suite: path, name: test.name, file: path, line: test.line, ...outcome(test) }));
}

function outcome({ status, todo, failure }: TestResult): Pick<Case, 'failure' | 'skipped'> {
  if (status === 'todo') return { skipped: `todo: ${todo ?? ''}` };
  return status === 'failed' && failure !== undefined ? { failure: describeFailure(failure) } : {};
}

function diagnosticSuite(suite: string, diagnostics: readonly Diagnostic[]): Case[][] {
  if (diagnostics.length === 0) return [];
  const asCase = (each: Diagnostic): Case => ({
    suite,
    name: `${each.file}: ${each.message}`,
    file: each.file,
    line: each.line,
    ...(each.severity === 'error' ? { failure: [formatDiagnostic(each)] } : { skipped: each.message }),
  });
  return [diagnostics.map(asCase)];
}

function suiteLines(cases: readonly Case[]): string[] {
  const name = cases[0]?.suite ?? '';
  return [`  <testsuite${attribute('name', name)}${counts(cases)}>`, ...cases.flatMap(caseLines), '  </testsuite>'];
}

function caseLines({ suite, name, file, line, failure, skipped }: Case): string[] {
  const attributes = [
    attribute('classname', suite),
    attribute('name', name),
    attribute('file', file),
    attribute('line', String(line)),
  ].join('');
  if (skipped !== undefined) {
    return [`    <testcase${attributes}>`, `      <skipped${attribute('message', skipped)}/>`, '    </testcase>'];
  }
  if (failure === undefined) return [`    <testcase${attributes}/>`];
  const message = attribute('message', failure[0] ?? '');
  return [
    `    <testcase${attributes}>`,
    `      <failure${message}>${escapeXml(failure.join('\n'))}</failure>`,
    '    </testcase>',
  ];
}

function counts(cases: readonly Case[]): string {
  const failures = cases.filter(({ failure }) => failure !== undefined).length;
  const skipped = cases.filter((each) => each.skipped !== undefined).length;
  return ` tests="${cases.length}" failures="${failures}" errors="0" skipped="${skipped}"`;
}

function attribute(name: string, value: string): string {
  return ` ${name}="${escapeXml(value).replace(/\n/g, '&#10;').replace(/\t/g, '&#9;')}"`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\r': '&#13;',
  ':': '&#58;',
  '[': '&#91;',
};

/**
 * Escapes text for XML 1.0, which cannot represent most control characters: those become U+FFFD.
 * Text that a GitHub Actions runner would take for a command (`::`, `##[`) is written with a
 * reference, so that a report may be printed in a job.
 */
function escapeXml(text: string): string {
  const writable = text.toWellFormed().replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd');
  const plain = writable.replace(/[&<>"'\r]|:(?=:)|(?<=##)\[/g, (character) => entities[character] ?? character);
  // Lines and tabs are harmless in XML text; attributes escape them separately.
  return replaceUnsafe(plain, (character, code) => (/[\n\t]/.test(character) ? character : `&#x${code.toString(16)};`));
}
