import { posix } from 'node:path';
import type { PullBases } from '../../domain/pull-requests/pull.ts';
import type { WorkflowRun } from '../../domain/pull-requests/workflow-run.ts';
import { defaultBranch } from './branches.ts';
import type { GithubClient } from './github-client.ts';

/** The fields of a run that its bases are found by. */
export type RunStart = Pick<
  WorkflowRun,
  'headSha' | 'headBranch' | 'headRepository' | 'number' | 'workflow' | 'createdAt' | 'bases'
>;

const needs = 'pull-requests: read';
/**
 * Milliseconds. Workflow runs are created after their trigger: a run younger than a change of base
 * may still be for the previous base.
 */
const maxLagMs = 10 * 60_000;
/** Events that change a base: https://docs.github.com/rest/using-the-rest-api/issue-event-types */
const baseChanges: ReadonlySet<string> = new Set(['base_ref_changed', 'automatic_base_change_succeeded']);

/**
 * Looks up the bases that a run of a pull request may have been for. GitHub does not report which
 * of the pull requests of a branch it was. Therefore all count that were open at any time since the
 * run was created, including those closed meanwhile. Needs `pull-requests: read` and
 * `actions: read`.
 */
export async function basesOfRun(client: GithubClient, run: RunStart): Promise<PullBases> {
  const main = await defaultBranch(client);
  const own = await pullsSince(client, run);
  const ownOthers = othersOf([...run.bases, ...own.map(({ base }) => base)], main);
  const haveChanged = await mayHaveHadAnother(client, run, own);
  const others = othersOf([...ownOthers, ...(await openBasesOf(client, run.headSha))], main);
  return { others, haveChanged, isRunKnown: ownOthers.length === 0 && !haveChanged };
}

interface PullOfHead {
  readonly number: number;
  readonly base: string;
}

/** The pull requests from the branch of a run that are open, or were when the run was created. */
async function pullsSince(client: GithubClient, run: RunStart): Promise<readonly PullOfHead[]> {
  const [owner = ''] = run.headRepository.split('/');
  if (owner === '' || run.headBranch === '') return [];
  const call = { what: `list the pull requests of ${owner}:${run.headBranch}`, needs };
  const found = await client.call(call, (octokit, repo) =>
    octokit.paginate(octokit.rest.pulls.list, {
      ...{ ...repo, state: 'all', head: `${owner}:${run.headBranch}`, per_page: 100 },
    }),
  );
  const created = Date.parse(run.createdAt);
  return found
    .filter(
      ({ head, closed_at: closed }) =>
        head.ref === run.headBranch &&
        // For a deleted fork, only its owner is known.
        (head.repo === null || head.repo.full_name === run.headRepository) &&
        (closed === null || Date.parse(closed) >= created),
    )
    .map(({ number, base }) => ({ number, base: base.ref }));
}

/**
 * Bases of all open pull requests whose head is the commit: they share its check run, from any
 * branch.
 */
async function openBasesOf(client: GithubClient, headSha: string): Promise<readonly string[]> {
  const call = { what: `list the pull requests of ${headSha}`, needs };
  const found = await client.call(call, (octokit, repo) =>
    octokit.paginate(octokit.rest.repos.listPullRequestsAssociatedWithCommit, {
      ...{ ...repo, commit_sha: headSha, per_page: 100 },
    }),
  );
  const { owner, name } = client.repository;
  return found
    .filter(({ state, head, base }) => {
      const isHere = base.repo.full_name.toLowerCase() === `${owner}/${name}`.toLowerCase();
      return state === 'open' && head.sha === headSha && isHere;
    })
    .map(({ base }) => base.ref);
}

async function mayHaveHadAnother(client: GithubClient, run: RunStart, pulls: readonly PullOfHead[]): Promise<boolean> {
  const created = Date.parse(run.createdAt);
  const changes: number[] = [];
  for (const { number } of pulls) changes.push(...(await baseChangesOf(client, number)));
  if (changes.some((at) => at > created)) return true;
  // The change itself triggers a run, which is the later of the two.
  return changes.some((at) => at > created - maxLagMs) && !(await isLatestRun(client, run));
}

/** When the base of a pull request changed; milliseconds since 1970. */
async function baseChangesOf(client: GithubClient, number: number): Promise<readonly number[]> {
  const call = { what: `list the events of #${number}`, needs };
  const events = await client.call(call, (octokit, repo) =>
    octokit.paginate(octokit.rest.issues.listEvents, { ...repo, issue_number: number, per_page: 100 }),
  );
  return events.filter(({ event }) => baseChanges.has(event)).map(({ created_at: at }) => Date.parse(at));
}

async function isLatestRun(client: GithubClient, run: RunStart): Promise<boolean> {
  const file = posix.basename(run.workflow);
  const call = { what: `list the runs of ${file}`, needs: 'actions: read' };
  const runs = await client.call(call, (octokit, repo) =>
    octokit.paginate(octokit.rest.actions.listWorkflowRuns, {
      ...{ ...repo, workflow_id: file, event: 'pull_request', head_sha: run.headSha, per_page: 100 },
    }),
  );
  return runs.every(({ run_number: number }) => number <= run.number);
}

function othersOf(bases: readonly string[], main: string): readonly string[] {
  return [...new Set(bases)].filter((base) => base !== main).sort();
}
