import type { Job, Step, Workflow } from './read-workflow.ts';

/** A house rule that no linter checks. Returns its violations, one on each line. */
export type Policy = (workflow: Workflow, text: string) => readonly string[];

export interface PlacedStep {
  readonly where: string;
  readonly job: Job;
  readonly step: Step;
}

export function jobsOf(workflow: Workflow): readonly (readonly [string, Job])[] {
  return Object.entries(workflow.jobs);
}

export function stepsOf(workflow: Workflow): readonly PlacedStep[] {
  return jobsOf(workflow).flatMap(([id, job]) =>
    job.steps.map((step, index) => ({ where: `${id}, step ${index + 1}`, job, step })),
  );
}

export function where(placed: readonly PlacedStep[], what: string): readonly string[] {
  return placed.map((each) => `${each.where}: ${what}`);
}

export const isAction = ({ uses }: Step, name: string) => uses?.startsWith(`${name}@`) ?? false;
export const takesRole = (job: Job) =>
  job.steps.find((step) => isAction(step, 'aws-actions/configure-aws-credentials'));
