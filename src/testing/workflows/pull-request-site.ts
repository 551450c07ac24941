import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { addArtifact, zipOf } from '../github/add-artifact.ts';
import { type GithubServer, startGithub } from '../github/github-server.ts';
import { addPull, type StoredPull } from '../github/github-state.ts';
import { workflowRunEvent } from '../github/workflow-run-event.ts';
import type { Teardown } from '../teardown.ts';
import { workflowNamed } from './read-workflow.ts';
import { createRulesRepository, type Files, type PullRequest, type RulesRepository } from './rules-repository.ts';
import { jobToken, runWorkflow } from './run-workflow.ts';
import type { Runner, WorkflowEvent, WorkflowRun } from './runner.ts';

/** A repository at GitHub with pull requests, and its workflows in the order of GitHub. */
export interface PullRequestSite {
  readonly repository: RulesRepository;
  readonly github: GithubServer;
  /** Opens a pull request. */
  open(branch: string, files: Files, options?: { readonly fork?: string }): PullRequest;
  /** Pushes to a pull request. */
  push(pull: PullRequest, files: Files): PullRequest;
  /** Runs `rules.yml` on it, then `comment.yml` on that. */
  review(runner: Runner, pull: PullRequest): Promise<{ readonly rules: WorkflowRun; readonly comment: WorkflowRun }>;
  /** Merges it; returns the event. */
  merge(pull: PullRequest): WorkflowEvent;
  /** Texts of the comments on a pull request. */
  comments(pull: PullRequest): readonly string[];
  /** The conclusion of the check run `Rearview` of a commit. */
  conclusion(pull: PullRequest): unknown;
}

/** Creates a repository with these files on its main branch. */
export async function createPullRequestSite(t: Teardown, files: Files): Promise<PullRequestSite> {
  const repository = createRulesRepository(t, files);
  const github = await startGithub(t, { tokens: { [jobToken]: 'github-actions[bot]' } });
  const { state } = github;
  let runs = 0;

  const show = (pull: PullRequest, baseSha: string) => {
    const known = state.pulls.findIndex(({ number }) => number === pull.number);
    if (known >= 0) state.pulls.splice(known, 1);
    const { number, headSha, branch: headBranch, fork: headRepository, files: changed } = pull;
    addPull(state, { number, headSha, headBranch, headRepository, baseSha, files: [...changed] });
    return pull;
  };
  const shown = ({ number }: PullRequest): StoredPull => {
    const found = state.pulls.find((each) => each.number === number);
    if (found === undefined) throw new Error(`Unknown pull request #${number}`);
    return found;
  };

  return {
    repository,
    github,
    open: (branch, changes, options) => show(repository.propose(branch, changes, options), repository.tip()),
    push: (pull, changes) => show(repository.renew(pull, changes), repository.tip()),
    async review(runner, pull) {
      runs += 1;
      const rules = await runWorkflow(workflowNamed('rules'), pull.event, runner);
      const id = 100 + runs;
      for (const [name, folder] of rules.artifacts) {
        const content = Object.fromEntries(readdirSync(folder).map((file) => [file, readFileSync(join(folder, file))]));
        await addArtifact(state, id, name, { zip: await zipOf(content) });
      }
      const isOwn = pull.fork === repository.name;
      const run = {
        ...{ id, number: runs, conclusion: rules.conclusion, headSha: pull.headSha, headBranch: pull.branch },
        // GitHub does not link the run of a fork to its pull request.
        ...{ headRepository: pull.fork, pulls: isOwn ? [pull.number] : [] },
      };
      const event = {
        ...{ name: 'workflow_run', ref: 'refs/heads/main', sha: repository.tip(), actor: 'author' },
        payload: JSON.parse(workflowRunEvent(run)),
      };
      return { rules, comment: await runWorkflow(workflowNamed('comment'), event, runner) };
    },
    merge(pull) {
      const event = repository.merge(pull);
      const stored = shown(pull);
      state.pulls.splice(state.pulls.indexOf(stored), 1, {
        ...stored,
        ...{ state: 'closed', mergedAt: state.now(), commits: [...stored.commits, pull.headSha, event.sha] },
      });
      return event;
    },
    comments: ({ number }) => state.comments.filter(({ issue }) => issue === number).map(({ body }) => body),
    conclusion: ({ headSha }) => state.checkRuns.find((each) => each.headSha === headSha)?.content['conclusion'],
  };
}
