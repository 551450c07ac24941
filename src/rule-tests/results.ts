import type { Diagnostic } from '../domain/rulesets/diagnostic.ts';
import type { MatchedString } from '../domain/scans/match.ts';
import type { ExpectedString } from './spec.ts';

/**
 * `todo`: fails, as its `todo` says it does; the run may still pass. `todo_passed`: has a `todo` and passes nevertheless, so the
 * `todo` can go.
 */
export type TestStatus = 'passed' | 'failed' | 'todo' | 'todo_passed';

/** A string that was expected and is not among those that matched. */
export interface MissingString {
  readonly rule: string;
  readonly expected: ExpectedString;
  /** What matched of the pattern with that identifier. */
  readonly actual: readonly MatchedString[];
}

/** Why a test fails. Rules are rule ids, sorted. */
export interface TestFailure {
  /** The test could not be carried out (no sample, or the scan failed); the rest is empty then. */
  readonly error?: string;
  readonly expected: readonly string[];
  readonly actual: readonly string[];
  /** Expected, and did not match. */
  readonly missing: readonly string[];
  /** Matched, and were not expected. */
  readonly unexpected: readonly string[];
  readonly missingStrings: readonly MissingString[];
}

export interface TestResult {
  readonly name: string;
  readonly line: number;
  readonly status: TestStatus;
  readonly todo?: string;
  /** Present where the test fails, a known gap or not. */
  readonly failure?: TestFailure;
}

export interface TestFileResult {
  /** Below the tests folder. */
  readonly path: string;
  readonly namespace: string;
  /** In the order of the file. */
  readonly tests: readonly TestResult[];
}

/** A rule that lacks a test; `file` is the rule file. */
export interface UntestedRule extends Diagnostic {
  /** `namespace:name`. */
  readonly rule: string;
}

/** The outcome of a test run: all that a reporter needs. */
export interface TestRun {
  /** Sorted by path. Files that could not be read have no tests, and a problem. */
  readonly files: readonly TestFileResult[];
  readonly passed: number;
  readonly failed: number;
  /** Tests with a `todo`, whether they pass or not. */
  readonly todo: number;
  /** Rules without the tests they need; `file` is the rule file. */
  readonly findings: readonly UntestedRule[];
  /** Test files that cannot be used, or as warnings those that need not be there; `file` is the test file. */
  readonly problems: readonly Diagnostic[];
}

/** Whether nothing is left to mend: no failing test, no finding, no problem. */
export function isGreen(run: TestRun): boolean {
  return run.failed === 0 && run.findings.length === 0 && run.problems.every(({ severity }) => severity !== 'error');
}
