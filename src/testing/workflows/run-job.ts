import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Contexts, holds, interpolate } from './expressions.ts';
import type { Job, Step, Workflow } from './read-workflow.ts';
import { runScriptStep } from './run-step.ts';
import type { JobRun, Outcome, Runner, StepRun, WorkflowEvent } from './runner.ts';
import { readVariables } from './runner-files.ts';
import { actions } from './stand-ins.ts';

export interface JobInput {
  readonly runner: Runner;
  readonly workflow: Workflow;
  readonly job: Job;
  /** The name of its folder. */
  readonly name: string;
  readonly event: WorkflowEvent;
  /** `github`, `needs`, `vars`, `matrix` … */
  readonly contexts: Contexts;
  /** The environment variables of every step. */
  readonly env: Readonly<Record<string, string>>;
  readonly artifacts: Map<string, string>;
}

const nodeModules = fileURLToPath(new URL('../../../node_modules', import.meta.url));

/** Runs the steps of a job, one after the other, in its own folder. */
export async function runJob({ runner, workflow, job, name, event, ...input }: JobInput): Promise<JobRun> {
  const folder = join(runner.folder, 'jobs', name);
  const [workspace, temp] = [join(folder, 'workspace'), join(folder, 'temp')];
  for (const each of [workspace, temp]) mkdirSync(each, { recursive: true });
  const summaryFile = join(folder, 'summary.md');
  writeFileSync(summaryFile, '');

  const runs: StepRun[] = [];
  const stepsContext: Record<string, { outputs: object; outcome: Outcome; conclusion: Outcome }> = {};
  let result: 'success' | 'failure' = 'success';
  let later: Readonly<Record<string, string>> = {};

  for (const [index, step] of job.steps.entries()) {
    const label = step.name ?? step.run ?? step.uses ?? '';
    const status = { success: result === 'success', failure: result === 'failure' };
    const contexts = { ...input.contexts, steps: stepsContext, job: { status: result } };
    const files = Object.fromEntries(
      ['GITHUB_OUTPUT', 'GITHUB_ENV', 'GITHUB_PATH'].map((each) => [each, join(temp, `${index}-${each}`)]),
    );
    for (const file of Object.values(files)) writeFileSync(file, '');
    const env = {
      ...input.env,
      ...later,
      ...texts({ ...workflow.env, ...job.env, ...step.env }, contexts),
      ...{ GITHUB_WORKSPACE: workspace, GITHUB_STEP_SUMMARY: summaryFile, RUNNER_TEMP: temp, HOME: folder },
      ...files,
    };
    const stepContexts = { ...contexts, env };
    let run: StepRun = { name: label, outcome: 'skipped', stdout: '', stderr: '' };
    if (holds(step.if, stepContexts, status)) {
      run = { name: label, ...(await runStep(step, stepContexts, env)) };
      later = { ...later, ...readVariables(files['GITHUB_ENV'] ?? '') };
    }
    const failed = run.outcome === 'failure' && !step['continue-on-error'];
    if (failed) result = 'failure';
    if (step.id !== undefined) {
      const outputs = readVariables(files['GITHUB_OUTPUT'] ?? '');
      const conclusion = run.outcome === 'failure' && !failed ? 'success' : run.outcome;
      stepsContext[step.id] = { outputs, outcome: run.outcome, conclusion };
    }
    runs.push(run);
  }
  return {
    result,
    outputs: texts(job.outputs, { ...input.contexts, steps: stepsContext }),
    steps: runs,
    summary: readFileSync(summaryFile, 'utf8'),
  };

  async function runStep(
    step: Step,
    contexts: Contexts,
    env: Readonly<Record<string, string>>,
  ): Promise<Omit<StepRun, 'name'>> {
    if (step.run === undefined) return useAction(step, contexts);
    // The packages that it would install are already here.
    if (/^npm ci( --[a-z=-]+)*$/.test(step.run)) {
      readFileSync(join(workspace, 'package-lock.json'));
      symlinkSync(nodeModules, join(workspace, 'node_modules'));
      return { outcome: 'success', stdout: '', stderr: '' };
    }
    const shell = step.shell ?? job.defaults.run.shell ?? workflow.defaults.run.shell;
    const inside = step['working-directory'] ?? job.defaults.run['working-directory'] ?? '.';
    const script = interpolate(step.run, contexts);
    const { code, stdout, stderr } = await runScriptStep(script, { shell, cwd: join(workspace, inside), env });
    return { outcome: code === 0 ? 'success' : 'failure', stdout, stderr };
  }

  async function useAction(step: Step, contexts: Contexts): Promise<Omit<StepRun, 'name'>> {
    const [action = ''] = (step.uses ?? '').split('@');
    const standIn = actions[action];
    if (standIn === undefined) throw new Error(`There is no stand-in for ${action}`);
    const granted = job.permissions ?? workflow.permissions;
    const permissions = typeof granted === 'object' ? granted : {};
    try {
      const inputs = texts(step.with, contexts);
      const { environment } = job;
      const set = await standIn({
        runner,
        event,
        workspace,
        inputs,
        environment,
        workflow: workflow.name,
        permissions,
        artifacts: input.artifacts,
      });
      later = { ...later, ...set };
      return { outcome: 'success', stdout: '', stderr: '' };
    } catch (error) {
      return { outcome: 'failure', stdout: '', stderr: String(error) };
    }
  }
}

function texts(values: Readonly<Record<string, unknown>>, contexts: Contexts): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, interpolate(value === null ? '' : String(value), contexts)]),
  );
}
