import { cpSync, existsSync, globSync, mkdirSync, statSync, symlinkSync } from 'node:fs';
import { basename, delimiter, join } from 'node:path';
import * as z from 'zod';
import { createGitRepository } from '../cli/git-repository.ts';
import { readWorkflow, workflowFiles, workflowText } from './read-workflow.ts';
import type { Runner, WorkflowEvent } from './runner.ts';

/** The input of a stand-in for an action. */
export interface ActionInput {
  readonly runner: Runner;
  readonly event: WorkflowEvent;
  /** The folder of the job. */
  readonly workspace: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly environment: string | undefined;
  /** Name of the workflow. */
  readonly workflow: string;
  readonly permissions: Readonly<Record<string, string>>;
  /** Artifacts of the run, by name. */
  readonly artifacts: Map<string, string>;
}

/** A stand-in for an action. Returns variables for the steps that follow. */
export type Action = (input: ActionInput) => Promise<Readonly<Record<string, string>>>;

/**
 * Stand-ins for actions, by their names. Unknown inputs fail the step.
 * The documentation of each action is linked next to it.
 */
export const actions: Readonly<Record<string, Action>> = {
  // https://github.com/actions/checkout
  async 'actions/checkout'({ runner, event, workspace, inputs }) {
    known(inputs, ['fetch-depth', 'persist-credentials', 'ref']);
    const ref = inputs['ref'] === undefined ? event.ref : `refs/heads/${inputs['ref']}`;
    const depth = inputs['fetch-depth'] ?? '1';
    const { git } = createGitRepository(workspace);
    git('remote', 'add', 'origin', `file://${runner.remote}`);
    const tracked = ref.replace(/^refs\/(heads\/)?/, 'refs/remotes/origin/');
    const depthFlags = depth === '0' ? [] : [`--depth=${depth}`];
    git('fetch', '--quiet', '--no-tags', ...depthFlags, 'origin', `+${ref}:${tracked}`);
    if (inputs['ref'] === undefined) git('checkout', '--quiet', '--force', '--detach', event.sha);
    else git('checkout', '--quiet', '--force', '-B', inputs['ref'], tracked);
    return {};
  },

  // https://github.com/actions/setup-node: the Node.js of these tests is first on the PATH, and npm
  // uses no registry.
  async 'actions/setup-node'({ runner, inputs }) {
    known(inputs, ['node-version', 'cache', 'package-manager-cache']);
    const bin = join(runner.folder, 'node');
    mkdirSync(bin, { recursive: true });
    if (!existsSync(join(bin, 'node'))) symlinkSync(process.execPath, join(bin, 'node'));
    return { PATH: `${bin}${delimiter}${process.env['PATH']}` };
  },

  // https://github.com/actions/upload-artifact
  async 'actions/upload-artifact'({ runner, workspace, inputs, artifacts }) {
    known(inputs, ['name', 'path', 'if-no-files-found']);
    const { name = '', path = '', 'if-no-files-found': ifNone = 'warn' } = inputs;
    const files = globSync(path, { cwd: workspace }).filter((each) => statSync(join(workspace, each)).isFile());
    if (files.length === 0 && ifNone === 'error')
      throw new Error(`No files were found with the provided path: ${path}`);
    if (files.length === 0) return {};
    if (artifacts.has(name)) throw new Error(`Conflict: an artifact with this name already exists: ${name}`);
    const folder = join(runner.folder, 'artifacts', name);
    mkdirSync(folder, { recursive: true });
    for (const file of files) cpSync(join(workspace, file), join(folder, basename(file)));
    artifacts.set(name, folder);
    return {};
  },

  // https://github.com/aws-actions/configure-aws-credentials
  async 'aws-actions/configure-aws-credentials'({ runner, event, inputs, environment, workflow, permissions }) {
    known(inputs, ['role-to-assume', 'aws-region']);
    if (permissions['id-token'] !== 'write' || isFromFork(runner, event))
      throw new Error('There is no token to show: id-token');
    const { 'role-to-assume': role = '', 'aws-region': region = '' } = inputs;
    if (role === '' || region === '') throw new Error('Neither a role nor a region may be empty');
    const claims = {
      aud: 'sts.amazonaws.com',
      sub: subjectOf(runner, event, environment),
      job_workflow_ref: `${runner.repository}/.github/workflows/${fileOf(workflow)}@${event.ref}`,
    };
    return { AWS_REGION: region, ...runner.assume(role, claims) };
  },
};

const pullSchema = z.object({
  pull_request: z.object({ head: z.object({ repo: z.object({ full_name: z.string() }) }) }),
});

function known(inputs: ActionInput['inputs'], names: readonly string[]): void {
  const unknown = Object.keys(inputs).filter((name) => !names.includes(name));
  if (unknown.length > 0) throw new Error(`Unexpected input(s): ${unknown.join(', ')}`);
}

function isFromFork({ repository }: Runner, { payload }: WorkflowEvent): boolean {
  const pull = pullSchema.safeParse(payload);
  return pull.success && pull.data.pull_request.head.repo.full_name !== repository;
}

function fileOf(workflow: string): string {
  return workflowFiles().find((each) => readWorkflow(workflowText(each)).name === workflow) ?? `${workflow}.yml`;
}

/** https://docs.github.com/en/actions/reference/security/oidc#example-subject-claims */
function subjectOf({ repository }: Runner, { name, ref }: WorkflowEvent, environment: string | undefined): string {
  if (environment !== undefined) return `repo:${repository}:environment:${environment}`;
  return name === 'pull_request' ? `repo:${repository}:pull_request` : `repo:${repository}:ref:${ref}`;
}
