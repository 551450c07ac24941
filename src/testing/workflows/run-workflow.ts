import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { holds } from './expressions.ts';
import type { Job, Workflow } from './read-workflow.ts';
import { runJob } from './run-job.ts';
import type { JobRun, Outcome, Runner, WorkflowEvent, WorkflowRun } from './runner.ts';

/** The token of each job: `github.token`. */
export const jobToken = 'ghs_token';
let runs = 0;

/**
 * Runs a workflow as GitHub does, its jobs one after the other in the order of their needs.
 * Conditions, expressions, matrices and the environment follow GitHub's documentation, and the
 * scripts run unchanged. Stand-ins replace actions; an action without a stand-in throws. Triggers and
 * their filters, concurrency and timeouts are not implemented.
 */
export async function runWorkflow(workflow: Workflow, event: WorkflowEvent, given: Runner): Promise<WorkflowRun> {
  runs += 1;
  const runner = { ...given, folder: join(given.folder, `run-${runs}`) };
  mkdirSync(runner.folder, { recursive: true });
  const eventFile = join(runner.folder, 'event.json');
  writeFileSync(eventFile, JSON.stringify(event.payload));
  const contexts = {
    github: githubContext(workflow, event, runner),
    vars: runner.vars,
    inputs: event.inputs ?? {},
  };
  const env = { ...machine(runner), ...githubVariables(contexts.github, eventFile) };

  const jobs: Record<string, JobRun> = {};
  const results: Record<string, { result: Outcome; outputs: Readonly<Record<string, string>> }> = {};
  const artifacts = new Map<string, string>();
  for (const [id, job] of inOrder(workflow.jobs)) {
    const needs = Object.fromEntries(job.needs.map((need) => [need, results[need]]));
    const before = job.needs.map((need) => results[need]?.result);
    const status = {
      success: before.every((result) => result === 'success'),
      failure: ancestors(workflow.jobs, id).some((each) => results[each]?.result === 'failure'),
    };
    if (!holds(job.if, { ...contexts, needs }, status)) {
      results[id] = { result: 'skipped', outputs: {} };
      jobs[id] = { result: 'skipped', outputs: {}, steps: [], summary: '' };
      continue;
    }
    const ran: JobRun[] = [];
    for (const matrix of combinations(job)) {
      const [first] = Object.values(matrix);
      const name = first === undefined ? id : `${id} (${String(first)})`;
      const run = await runJob({
        ...{ runner, workflow, job, name, event, artifacts },
        contexts: { ...contexts, needs, matrix, runner: { os: 'Linux', temp: runner.folder }, strategy: {} },
        env: { ...env, GITHUB_JOB: id, RUNNER_OS: 'Linux' },
      });
      jobs[name] = run;
      ran.push(run);
    }
    const result = ran.every((each) => each.result === 'success') ? 'success' : 'failure';
    results[id] = { result, outputs: Object.assign({}, ...ran.map(({ outputs }) => outputs)) };
  }
  const conclusion = Object.values(results).some(({ result }) => result === 'failure') ? 'failure' : 'success';
  return { conclusion, jobs, artifacts };
}

function inOrder(jobs: Workflow['jobs']): readonly (readonly [string, Job])[] {
  const ordered: (readonly [string, Job])[] = [];
  const left = new Map(Object.entries(jobs));
  while (left.size > 0) {
    const unknown = [...left.values()].flatMap(({ needs }) => needs.filter((need) => jobs[need] === undefined));
    if (unknown.length > 0) throw new Error(`There is no job ${unknown.join(', ')}`);
    const ready = [...left].filter(([, { needs }]) => needs.every((need) => !left.has(need)));
    if (ready.length === 0) throw new Error(`These jobs wait for each other: ${[...left.keys()].join(', ')}`);
    for (const entry of ready) {
      ordered.push(entry);
      left.delete(entry[0]);
    }
  }
  return ordered;
}

function ancestors(jobs: Workflow['jobs'], id: string): readonly string[] {
  return (jobs[id]?.needs ?? []).flatMap((need) => [need, ...ancestors(jobs, need)]);
}

/**
 * https://docs.github.com/en/actions/how-tos/write-workflows/choose-what-workflows-do/run-job-variations
 */
function combinations({ strategy }: Job): readonly Readonly<Record<string, unknown>>[] {
  if (strategy === undefined) return [{}];
  const { include = [], exclude, ...axes } = strategy.matrix;
  if (exclude !== undefined || (include.length > 0 && Object.keys(axes).length > 0)) {
    throw new Error('A matrix has either axes or combinations here');
  }
  if (include.length > 0) return include.map((each) => ({ ...(each as object) }));
  return Object.entries(axes).reduce<readonly Readonly<Record<string, unknown>>[]>(
    (all, [name, values]) => all.flatMap((each) => values.map((value) => ({ ...each, [name]: value }))),
    [{}],
  );
}

function githubContext({ name }: Workflow, event: WorkflowEvent, { repository, env }: Runner) {
  const branch = event.ref.replace(/^refs\/(heads\/)?/, '');
  return {
    ...{ event_name: event.name, event: event.payload, ref: event.ref, ref_name: branch, sha: event.sha },
    ...{
      repository,
      repository_owner: repository.split('/')[0] ?? '',
      actor: event.actor,
      token: jobToken,
      workflow: name,
    },
    ...{ run_id: String(runs), run_number: '1', run_attempt: String(event.attempt ?? 1) },
    ...{ head_ref: branchOf(event, 'head'), base_ref: branchOf(event, 'base') },
    ...{ server_url: 'https://github.com', api_url: env['GITHUB_API_URL'] ?? 'https://api.github.com' },
  };
}

const pullSchema = z.object({
  pull_request: z.object({ head: z.object({ ref: z.string() }), base: z.object({ ref: z.string() }) }),
});

/** The head or base branch of a pull request; empty for other events. */
function branchOf({ name, payload }: WorkflowEvent, side: 'head' | 'base'): string {
  return name === 'pull_request' ? pullSchema.parse(payload).pull_request[side].ref : '';
}

/**
 * https://docs.github.com/en/actions/reference/workflows-and-actions/variables#default-environment-variables
 */
function githubVariables(
  github: ReturnType<typeof githubContext>,
  eventFile: string,
): Readonly<Record<string, string>> {
  return {
    ...{ CI: 'true', GITHUB_ACTIONS: 'true', GITHUB_EVENT_PATH: eventFile, GITHUB_EVENT_NAME: github.event_name },
    ...{ GITHUB_REF: github.ref, GITHUB_REF_NAME: github.ref_name, GITHUB_SHA: github.sha, GITHUB_ACTOR: github.actor },
    ...{ GITHUB_REPOSITORY: github.repository, GITHUB_WORKFLOW: github.workflow, GITHUB_RUN_ID: github.run_id },
    ...{ GITHUB_RUN_NUMBER: github.run_number, GITHUB_RUN_ATTEMPT: github.run_attempt },
    ...{ GITHUB_REPOSITORY_OWNER: github.repository_owner, GITHUB_TRIGGERING_ACTOR: github.actor },
    ...{ GITHUB_REF_TYPE: 'branch', GITHUB_HEAD_REF: github.head_ref, GITHUB_BASE_REF: github.base_ref },
    ...{ GITHUB_SERVER_URL: github.server_url, GITHUB_API_URL: github.api_url },
  };
}

/** The environment of an isolated machine, without a registry and without user configuration. */
function machine({ env, folder }: Runner): Readonly<Record<string, string>> {
  return {
    ...{
      PATH: process.env['PATH'] ?? '',
      LANG: 'C.UTF-8',
      GIT_CONFIG_NOSYSTEM: '1',
      XDG_STATE_HOME: process.env['XDG_STATE_HOME'] ?? '',
      NODE_V8_COVERAGE: '',
    },
    ...{ npm_config_cache: join(folder, '..', 'npm'), npm_config_offline: 'true', npm_config_update_notifier: 'false' },
    ...env,
  };
}
