import type { Diagnostic } from '../domain/rulesets/diagnostic.ts';
import type { MatchedString } from '../domain/scans/match.ts';
import type { ExpectedString } from './spec.ts';

/**
 * `todo`: fails as its `todo` expects; the run may still pass. `todo_passed`: has a `todo` and
 * passes, so the `todo` can be removed.
 */
export type TestStatus = 'passed' | 'failed' | 'todo' | 'todo_passed';

/** An expected string that is not among the matches. */
export interface MissingString {
  readonly rule: string;
  readonly expected: ExpectedString;
  /** The matches of the pattern with that identifier. */
  readonly actual: readonly MatchedString[];
}

/** The reasons why a test fails. Rules are rule ids, sorted. */
export interface TestFailure {
  /** The test could not run (no sample, or the scan failed); all other fields are then empty. */
  readonly error?: string;
  readonly expected: readonly string[];
  readonly actual: readonly string[];
  /** Expected, and did not match. */
  readonly missing: readonly string[];
  /** Matched, and were not expected. */
  readonly unexpected: readonly string[];
  readonly missingStrings: readonly MissingString[];
  /** Present for a test with `inside: true`. */
  readonly inside?: TestedInside;
}

/** What was found inside the sample of a test. Places are those that `scan` prints. */
export interface TestedInside {
  /** The first members. */
  readonly places: readonly string[];
  /** The number of members. */
  readonly total: number;
  /** The first members that each rule matched; a rule without one is absent. */
  readonly matched: readonly { readonly rule: string; readonly places: readonly string[] }[];
}

export interface TestResult {
  readonly name: string;
  readonly line: number;
  readonly status: TestStatus;
  readonly todo?: string;
  /** Present if the test fails, including known gaps. */
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

/** The result of a test run: everything a reporter needs. */
export interface TestRun {
  /** Sorted by path. Files that could not be read have no tests, and a problem. */
  readonly files: readonly TestFileResult[];
  readonly passed: number;
  readonly failed: number;
  /** Tests with a `todo`, whether they pass or not. */
  readonly todo: number;
  /** Rules without the tests they need; `file` is the rule file. */
  readonly untested: readonly UntestedRule[];
  /** Test files that are invalid or, as warnings, unnecessary; `file` is the test file. */
  readonly problems: readonly Diagnostic[];
}

/** Whether nothing is left to fix: no failing test, no missing test, no problem. */
export function isGreen(run: TestRun): boolean {
  return run.failed === 0 && run.untested.length === 0 && run.problems.every(({ severity }) => severity !== 'error');
}
