import type { WorkflowRun } from './runner.ts';

/**
 * The results of the jobs and, for failed jobs, the steps with their output, for the message of a
 * failing test.
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
