import type { ExecutionContext } from 'ava';
import type { ReviewSection } from '../../pull-requests/section.ts';
import { createTestCli } from '../cli/run-cli.ts';
import { addArtifact } from './add-artifact.ts';
import { type GithubServer, type GithubServerOptions, startGithub } from './github-server.ts';
import { addPull, type StoredPull } from './github-state.ts';
import { type TestRun, workflowRunEvent } from './workflow-run-event.ts';

/** The login of a job's token. */
export const us = 'github-actions[bot]';
/** The sections of the scene. */
export const expect = '--expect=check,goodware-linux';
export const check: Extract<ReviewSection, { section: 'check' }> = {
  ...{
    schema: 1,
    verdict: 'passed',
    section: 'check',
    files: 1,
    rules: 2,
    errors: 0,
    warnings: 0,
    diagnostics: [],
    omitted: 0,
  },
};
export const goodware: Extract<ReviewSection, { section: 'goodware' }> = {
  ...{
    schema: 1,
    verdict: 'passed',
    section: 'goodware',
    place: 'linux',
    roots: ['/usr'],
    rules: 2,
    files: 100,
    bytes: 5000,
  },
  ...{ unscanned: [], failing: 0, hits: [], omitted: 0, hashes: [], notes: [] },
};
export const infrastructure: Extract<ReviewSection, { section: 'infrastructure' }> = {
  ...{ schema: 1, verdict: 'passed', section: 'infrastructure', stack: 'prod', text: '+ aws:s3:Bucket' },
};

export interface Scene {
  readonly run?: TestRun;
  readonly pull?: Partial<StoredPull>;
  readonly sections?: Readonly<Record<string, ReviewSection | string>>;
  readonly server?: GithubServerOptions;
}

/**
 * A pull request, a run of its checks that uploaded sections, and the command line in the job that
 * GitHub starts after that run.
 */
export async function scene(t: ExecutionContext, { run = {}, pull = {}, sections, server }: Scene = {}) {
  const github = await startGithub(t, server);
  addPull(github.state, { number: 5, files: ['rules/a.yar'], ...pull });
  for (const [name, section] of Object.entries(sections ?? { check, 'goodware-linux': goodware })) {
    const content = typeof section === 'string' ? section : JSON.stringify(section);
    await addArtifact(github.state, run.id ?? 9, `rearview-${name}`, content);
  }
  const cli = await createTestCli(t);
  const arrive = (of: TestRun) => cli.write({ 'event.json': workflowRunEvent(of) });
  await arrive(run);
  const env = { ...github.env, GITHUB_EVENT_PATH: `${cli.dir}/event.json` };
  return {
    github,
    cli,
    env,
    /** Adds another completed run. */
    arrive,
    comment: (...args: readonly string[]) => cli.runWith({ env }, 'github', 'comment', ...args),
  };
}

/** The conclusions of the check runs, in order. */
export function conclusions({ state }: GithubServer): readonly unknown[] {
  return state.checkRuns.map(({ content }) => content['conclusion']);
}
