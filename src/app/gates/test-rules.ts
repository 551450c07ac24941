import { basename } from 'node:path';
import pMap from 'p-map';
import { RearviewError } from '../../domain/errors.ts';
import type { Diagnostic } from '../../domain/rulesets/diagnostic.ts';
import type { Externals, GivenVariables } from '../../domain/rulesets/externals.ts';
import { type RuleEntry, type RuleSource, ruleId } from '../../domain/rulesets/rule.ts';
import { readVariable, type VariableDeclaration } from '../../domain/rulesets/variables.ts';
import type { RuleMatch } from '../../domain/scans/match.ts';
import type { PrintedText } from '../../engine/types.ts';
import { brokenTest, compareMatches } from '../../rule-tests/compare.ts';
import {
  createFixedStrings,
  isOnlyOwnStrings,
  type MatchingTest,
  ownStringFindings,
} from '../../rule-tests/own-strings.ts';
import type { TestFailure, TestFileResult, TestResult, TestRun, TestStatus } from '../../rule-tests/results.ts';
import { readSample } from '../../rule-tests/sample.ts';
import { type RuleTest, type RuleTestFile, testFileSuffix } from '../../rule-tests/spec.ts';
import { untestedRules } from '../../rule-tests/untested-rules.ts';
import { problemOf, readTestFiles } from './find-test-files.ts';
import { testedInside } from './tested-inside.ts';
import { findUnknownRules } from './unknown-rules.ts';
import type { ScannedTest } from './update-tests.ts';

/** The result of the scan of a sample; a `ScanReport` is one. */
export type SampleScan = { readonly printed?: PrintedText } & (
  | { readonly status: 'scanned'; readonly matches: readonly RuleMatch[] }
  | { readonly status: 'failed'; readonly reason: string; readonly detail: string }
);

export interface TestRulesOptions {
  readonly rules: readonly RuleSource[];
  /** All rules; private ones need no tests. */
  readonly rulesEntries: readonly Pick<RuleEntry, 'namespace' | 'name' | 'private'>[];
  /** Folder of the test files. If it does not exist, every rule is untested. */
  readonly testsDir: string;
  /** Scans with the ruleset under test. */
  readonly scan: (
    bytes: Uint8Array<ArrayBuffer>,
    externals: Externals,
    options: Pick<RuleTest, 'inside'>,
  ) => Promise<SampleScan>;
  /**
   * Called before the first scan with the number of tests, and the namespaces of the rules that they
   * are about: other rules need not be scanned with.
   */
  readonly onTests?: (count: number, namespaces: ReadonlySet<string>) => void;
  /**
   * Takes what rules printed while they scanned the sample of a test, which is named by file and
   * line. Default: it is dropped.
   */
  readonly onPrinted?: (test: string, printed: PrintedText) => void;
  /** Takes what matched in the sample of each test. Default: nothing does. */
  readonly onScanned?: (test: ScannedTest) => void;
  /** Selects the namespaces to test. Default: all. */
  readonly only?: (namespace: string) => boolean;
  /**
   * Selects the tests to run, by name. With it, rules without tests are not reported. Default: all.
   */
  readonly onlyTest?: (name: string) => boolean;
  /**
   * Files of the rules folder that are not rule files, and why: their tests are skipped with a
   * warning. Default: none.
   */
  readonly leftOut?: ReadonlyMap<string, string>;
  /**
   * Public rules that are not part of the ruleset, and why: tests that expect them are skipped with a
   * warning. Default: none.
   */
  readonly leftOutRules?: ReadonlyMap<string, string>;
  /** Maximum number of samples in memory at a time. Default: 8. */
  readonly concurrency?: number;
}

/**
 * Runs the tests of rules, and finds the rules that have none. All problems are part of the result.
 */
export async function testRules(options: TestRulesOptions): Promise<TestRun> {
  const only = options.only ?? (() => true);
  const known = new Set(options.rules.map(({ namespace }) => namespace));
  const { files: read, problems } = await readTestFiles(options.testsDir);
  const chosen = read.filter(({ namespace }) => only(namespace));
  const orphans = chosen.filter(({ namespace }) => !known.has(namespace));
  const usable = chosen.filter(({ namespace }) => known.has(namespace));
  const unknownRule = findUnknownRules(options.rulesEntries);

  const { onlyTest = () => true } = options;
  const jobs = usable.flatMap((file) =>
    file.tests.filter((test) => onlyTest(test.name) && !expectsLeftOut(options, test)).map((test) => ({ file, test })),
  );
  const about = jobs.flatMap(({ file, test }) => [file.namespace, ...test.matches.map(namespaceOf)]);
  options.onTests?.(jobs.length, new Set(about));
  const matching: MatchingTest[] = [];
  const collect: Collector = {
    fixedStrings: createFixedStrings(options.rules),
    add: (each) => void matching.push(each),
  };
  const results = await pMap(jobs, ({ file, test }) => runTest(options, file, test, collect, unknownRule), {
    concurrency: options.concurrency ?? 8,
  });
  const byTest = new Map(jobs.map(({ test }, index) => [test, results[index]]));
  const files = usable.map(({ path, namespace, tests }): TestFileResult => {
    return { path, namespace, tests: tests.map((test) => byTest.get(test)).filter((each) => each !== undefined) };
  });
  const count = (...statuses: readonly TestStatus[]): number =>
    results.filter(({ status }) => statuses.includes(status)).length;
  return {
    files,
    passed: count('passed'),
    failed: count('failed'),
    todo: count('todo', 'todo_passed'),
    untested:
      options.onlyTest === undefined
        ? untestedRules({
            rules: options.rules.filter(({ namespace }) => only(namespace)),
            rulesEntries: options.rulesEntries,
            files: usable,
            testsDir: basename(options.testsDir),
          })
        : [],
    problems: [
      ...problems,
      ...chosen.flatMap((file) => file.problems),
      ...(options.onlyTest === undefined ? ownStringFindings(inOrder(matching)) : []),
      ...usable.flatMap((file) => file.tests.flatMap((test) => expectsLeftOut(options, test)?.(file.path) ?? [])),
      ...orphans.map((file) => orphan(file, options)),
    ],
  };
}

/** @param id as `ruleId` makes it; a namespace may have colons */
function namespaceOf(id: string): string {
  return id.slice(0, id.lastIndexOf(':'));
}

/** Tests finish in any order. */
function inOrder(tests: readonly MatchingTest[]): readonly MatchingTest[] {
  return tests.toSorted((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line));
}

/** Takes the tests that pass and expect rules to match. */
interface Collector {
  readonly fixedStrings: ReturnType<typeof createFixedStrings>;
  add(test: MatchingTest): void;
}

async function runTest(
  options: TestRulesOptions,
  file: RuleTestFile,
  test: RuleTest,
  { fixedStrings, add }: Collector,
  unknownRule: ReturnType<typeof findUnknownRules>,
): Promise<TestResult> {
  const { name, line, todo } = test;
  const done = (status: TestStatus, failure?: TestFailure): TestResult => ({
    name,
    line,
    status,
    ...(todo === undefined ? {} : { todo }),
    ...(failure === undefined ? {} : { failure }),
  });
  const unknown = unknownRule(test, file.namespace);
  if (unknown !== null) return done('failed', brokenTest(unknown));
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = await readSample(test.sample, { testsDir: options.testsDir, testFile: file.path });
  } catch (error) {
    if (!(error instanceof RearviewError)) throw error;
    // A todo excuses a wrong result, not a test that expects nothing.
    return done('failed', brokenTest(error.message));
  }
  const declared = options.rules.find(({ namespace }) => namespace === file.namespace)?.variables ?? [];
  const problem = variableProblem(declared, test.externals.variables ?? {});
  if (problem !== null) return done('failed', brokenTest(problem));
  // A scan takes the bytes away.
  const sample = test.matches.length > 0 || test.inside ? bytes.slice() : bytes;
  const scan = await options.scan(bytes, givenExternals(test), test);
  if (scan.printed !== undefined) options.onPrinted?.(`${file.path}:${line}`, scan.printed);
  if (scan.status === 'scanned') options.onScanned?.({ path: file.path, name, matches: scan.matches });
  const failure =
    scan.status === 'scanned'
      ? compareMatches(test, file.namespace, scan.matches)
      : brokenTest(`The scan failed (${scan.reason}): ${scan.detail}`);
  if (failure === undefined && scan.status === 'scanned' && test.matches.length > 0) {
    const own = scan.matches
      .filter((each) => isOnlyOwnStrings(sample, each, fixedStrings(each.namespace, each.rule)))
      .map((each) => ruleId({ namespace: each.namespace, name: each.rule }));
    const isSuppressed = test.mayBeStrings === true;
    add({ file: file.path, name, line, isSuppressed, own, rules: test.matches });
  }
  if (failure === undefined) return done(todo === undefined ? 'passed' : 'todo_passed');
  const inside =
    test.inside && scan.status === 'scanned' ? { inside: await testedInside(sample, test, scan.matches) } : {};
  return done(todo === undefined ? 'failed' : 'todo', { ...failure, ...inside });
}

/** The external variables of a test, as a scan takes them. */
export function givenExternals({ externals }: Pick<RuleTest, 'externals'>): Externals {
  const { variables = {}, ...others } = externals;
  const given = Object.fromEntries(Object.entries(variables).map(([key, value]) => [key.toLowerCase(), value]));
  return { ...others, variables: given };
}

/** The problem with the variables that a test sets; null if rules use them and their types fit. */
function variableProblem(declared: readonly VariableDeclaration[], given: GivenVariables): string | null {
  for (const [name, text] of Object.entries(given)) {
    const declaration = declared.find((each) => each.name === name);
    if (declaration === undefined) {
      return `Unknown variable "${name}" in externals: rearview.yaml does not declare it, or no rule of the file uses it.`;
    }
    if (readVariable(declaration.type, text) === null) {
      return `Invalid value ${JSON.stringify(text)} for the variable ${name} of type ${declaration.type}.`;
    }
  }
  return null;
}

/** The warning on a test that expects a rule which is left out; null for any other test. */
function expectsLeftOut(
  { leftOutRules = new Map() }: Pick<TestRulesOptions, 'leftOutRules'>,
  { matches, line }: RuleTest,
): ((path: string) => Diagnostic) | null {
  const rule = matches.find((each) => leftOutRules.has(each));
  if (rule === undefined) return null;
  const message = `This test is not run: ${rule} is left out, because ${leftOutRules.get(rule)}.`;
  return (path) => ({ ...problemOf(path, 'test/left-out', message), severity: 'warning', line });
}

function orphan(
  { path, namespace }: RuleTestFile,
  { leftOut, leftOutRules = new Map() }: Pick<TestRulesOptions, 'leftOut' | 'leftOutRules'>,
): Diagnostic {
  const why = leftOut?.get(namespace);
  if (why !== undefined) {
    const message = `These tests are not run: ${namespace} is left out, because ${why}. Remove this file.`;
    return { ...problemOf(path, 'test/left-out', message), severity: 'warning' };
  }
  if ([...leftOutRules.keys()].some((rule) => rule.startsWith(`${namespace}:`))) {
    const message = `These tests are not run: no rule of ${namespace} is part of the ruleset.`;
    return { ...problemOf(path, 'test/left-out', message), severity: 'warning' };
  }
  const message = `There is no rule file ${namespace}: a test file is named after its rule file, with ${testFileSuffix} added.`;
  return problemOf(path, 'test/no-rules', message);
}
