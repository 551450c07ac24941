import type { Diagnostic } from '../../domain/rulesets/diagnostic.ts';
import { describeFailure } from '../../rule-tests/describe-failure.ts';
import type { TestRun } from '../../rule-tests/results.ts';

/**
 * The diagnostics of a test run: failing tests, rules without tests, test files that cannot be
 * used.
 */
export function testDiagnostics(run: TestRun): readonly Diagnostic[] {
  const failures = run.files.flatMap(({ path, tests }) =>
    tests
      .filter(({ status }) => status === 'failed')
      .map(({ name, line, failure }): Diagnostic => {
        const why = failure === undefined ? 'it failed' : describeFailure(failure).join('; ');
        return {
          severity: 'error',
          code: 'test/failed',
          message: `test "${name}": ${why}`,
          file: path,
          line,
          column: 1,
        };
      }),
  );
  return [...run.problems, ...run.untested, ...failures];
}
