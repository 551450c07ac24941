import { describeFailure } from '../rule-tests/describe-failure.ts';
import { isGreen, type TestFailure, type TestRun } from '../rule-tests/results.ts';
import { clip, clipList } from './clip.ts';
import { reviewSchema, type SectionOf } from './section.ts';

/** Bounds of the schema. */
const maxFailures = 100;
const maxUntested = 200;

type Failure = SectionOf<'tests'>['failures'][number];

/**
 * The result of a run of rule tests as a section of a review. An unusable test file is a failure,
 * with its error code as the name of the test.
 * @param fileOf returns the path of a test file in the repository
 */
export function testsSection(run: TestRun, fileOf: (path: string) => string): SectionOf<'tests'> {
  const errors = run.problems.filter(({ severity }) => severity === 'error');
  const problems = errors.map(({ code, message, file, line, column }): Failure => {
    return failureOf({ rule: namespaceOf(file), test: code, message, file: fileOf(file), line, column });
  });
  const failed = run.files.flatMap(({ path, namespace, tests }) =>
    tests
      .filter(({ status }) => status === 'failed')
      .map(({ name, line, failure }): Failure => {
        const message = failure === undefined ? 'It failed.' : describeFailure(failure).join('\n');
        const rule = ruleOf(failure) ?? namespace;
        return failureOf({ rule, test: name, message, file: fileOf(path), line, column: 1 });
      }),
  );
  const failures = clipList([...problems, ...failed], maxFailures);
  const untested = clipList([...new Set(run.untested.map(({ rule }) => clip(rule, 600)))], maxUntested);
  return {
    schema: reviewSchema,
    section: 'tests',
    verdict: isGreen(run) ? 'passed' : 'failed',
    passed: run.passed,
    failed: run.failed,
    untested: untested.shown,
    failures: failures.shown,
    omitted: failures.omitted + untested.omitted,
  };
}

function failureOf({ rule, test, message, file, line, column }: Failure): Failure {
  return {
    ...{ rule: clip(rule, 600), test: clip(test, 600), message: clip(message, 1000) },
    ...{ file: clip(file, 2048), line, column },
  };
}

/** The rule that a failure is of, where it is of one. */
function ruleOf(failure: TestFailure | undefined): string | undefined {
  return failure?.missing[0] ?? failure?.unexpected[0] ?? failure?.missingStrings[0]?.rule;
}

function namespaceOf(testFile: string): string {
  return testFile.replace(/\.test\.ya?ml$/, '');
}
