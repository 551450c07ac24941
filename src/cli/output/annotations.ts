import type { Diagnostic } from '../../domain/rulesets/diagnostic.ts';
import { describeFailure } from '../../rule-tests/describe-failure.ts';
import type { TestRun } from '../../rule-tests/results.ts';
import type { CliContext, GlobalOptions } from '../context.ts';
import { repositoryPath } from '../git/repository-path.ts';
import { diagnosticPath } from './diagnostics.ts';
import { printWorkflowCommand } from './guarded-output.ts';
import { plural } from './output.ts';
import { type AnnotationPlace, workflowCommand } from './workflow-command.ts';

/** Something that GitHub is to show at a line of a pull request. */
export interface Annotation {
  readonly severity: 'error' | 'warning';
  readonly title: string;
  readonly lines: readonly string[];
  readonly place: AnnotationPlace;
}

/**
 * Most annotations of each severity that GitHub keeps of a step.
 * @see https://docs.github.com/actions/reference/limits
 */
const maxShown = 10;

/** Diagnostics of rules and test files as annotations. */
export function diagnosticAnnotations(
  context: Pick<CliContext, 'cwd' | 'env'>,
  folders: Pick<GlobalOptions, 'rulesDir' | 'testsDir'>,
  diagnostics: readonly Diagnostic[],
): readonly Annotation[] {
  return diagnostics.map((each) => ({
    severity: each.severity,
    title: each.code,
    lines: [each.message],
    place: { ...each, file: repositoryPath(context, diagnosticPath(each, folders)) },
  }));
}

/** Problems of a test run: unusable test files, failing tests, rules without tests. */
export function testAnnotations(
  context: Pick<CliContext, 'cwd' | 'env'>,
  folders: Pick<GlobalOptions, 'rulesDir' | 'testsDir'>,
  { files, untested: untestedRules, problems }: TestRun,
): readonly Annotation[] {
  const failures = files.flatMap(({ path, tests }) =>
    tests
      .filter(({ status }) => status === 'failed')
      .map(
        ({ name, line, failure }): Annotation => ({
          severity: 'error',
          title: `test fails: ${name}`,
          lines: failure === undefined ? ['It failed.'] : describeFailure(failure),
          place: { file: repositoryPath(context, diagnosticPath({ file: path }, folders)), line, column: 1 },
        }),
      ),
  );
  const [wrong, untested] = [problems, untestedRules].map((each) => diagnosticAnnotations(context, folders, each));
  return [...(wrong ?? []), ...failures, ...(untested ?? [])];
}

/**
 * Prints annotations as workflow commands on stdout, errors first. GitHub shows only the first ten
 * of each severity, so a last annotation has the totals.
 * @param of name of the check
 */
export async function printAnnotations(
  { stdout }: Pick<CliContext, 'stdout'>,
  of: string,
  annotations: readonly Annotation[],
): Promise<void> {
  const errors = annotations.filter(({ severity }) => severity === 'error');
  const warnings = annotations.filter(({ severity }) => severity === 'warning');
  for (const { severity, lines, ...properties } of [...errors, ...warnings]) {
    await printWorkflowCommand(stdout, workflowCommand(severity, properties, lines));
  }
  if (Math.max(errors.length, warnings.length) <= maxShown) return;
  const all = `${plural(errors.length, 'error')} and ${plural(warnings.length, 'warning')} in all. GitHub shows ${maxShown} of each here; the log of this step shows all.`;
  await printWorkflowCommand(stdout, workflowCommand('notice', { title: of }, [all]));
}
