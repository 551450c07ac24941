import type { WorkflowRun } from './runner.ts';

/**
 * Results of the jobs, and of those that failed their steps with what they printed: what a failing
 * test is to show.
 */
export function describeRun({ jobs }: WorkflowRun): string {
  return Object.entries(jobs)
    .flatMap(([id, { result, steps }]) => [
      `${id}: ${result}`,
      ...(result === 'failure'
        ? steps.map(({ name, outcome, stdout, stderr }) => `  ${name}: ${outcome}\n${stdout}${stderr}`)
        : []),
    ])
    .join('\n');
}
