import { hasCode } from '../../domain/errors.ts';
import type { Pull } from '../../domain/pull-requests/pull.ts';
import type { WorkflowRun } from '../../domain/pull-requests/workflow-run.ts';
import type { GithubClient } from './github-client.ts';

/** The fields of a run that its pull requests are found by. */
export type RunHead = Pick<WorkflowRun, 'headSha' | 'headBranch' | 'headRepository' | 'pulls'>;

const needs = 'pull-requests: read';

/**
 * Returns the pull requests that a workflow may have run for. A branch has as many as it has bases,
 * and GitHub does not report which of them it was. Only data of GitHub counts: a file left by the
 * run may name any. A run for a fork names none; then they are the open ones from that branch of
 * that fork whose head is the run's commit. The result has the open ones, by number; otherwise a
 * closed one; or none. Needs `pull-requests: read`.
 */
export async function pullsOfRun(client: GithubClient, run: RunHead): Promise<readonly Pull[]> {
  if (run.pulls.length > 0) {
    const named: Pull[] = [];
    for (const number of run.pulls) {
      const pull = await getPull(client, number);
      if (pull?.headRepository === run.headRepository && pull.headBranch === run.headBranch) named.push(pull);
    }
    named.sort((a, b) => a.number - b.number);
    const open = named.filter(({ isOpen }) => isOpen);
    return open.length > 0 ? open : named.slice(0, 1);
  }
  const [owner = ''] = run.headRepository.split('/');
  const call = { what: `list the pull requests of ${owner}:${run.headBranch}`, needs };
  const found = await client.call(call, (octokit, repo) =>
    octokit.paginate(octokit.rest.pulls.list, {
      ...{ ...repo, state: 'open', head: `${owner}:${run.headBranch}`, per_page: 100 },
    }),
  );
  const fitting = found.filter(
    ({ head }) =>
      head.sha === run.headSha && head.repo?.full_name === run.headRepository && head.ref === run.headBranch,
  );
  const pulls: Pull[] = [];
  for (const { number } of fitting.sort((a, b) => a.number - b.number)) {
    const pull = await getPull(client, number);
    if (pull !== null) pulls.push(pull);
  }
  return pulls;
}

/** The pull request with a number; null if there is none. Needs `pull-requests: read`. */
export async function getPull(client: GithubClient, number: number): Promise<Pull | null> {
  try {
    const call = { what: `show pull request #${number}`, needs };
    const { data } = await client.call(call, (octokit, repo) =>
      octokit.rest.pulls.get({ ...repo, pull_number: number }),
    );
    return {
      number: data.number,
      url: data.html_url,
      isOpen: data.state === 'open',
      isMerged: data.merged,
      headSha: data.head.sha,
      headBranch: data.head.ref,
      headRepository: data.head.repo?.full_name ?? null,
      baseSha: data.base.sha,
      baseBranch: data.base.ref,
    };
  } catch (error) {
    if (hasCode(error, 'ERR_NOT_FOUND')) return null;
    throw error;
  }
}

/** Maximum files that GitHub lists for a pull request; the rest of a larger one is unavailable. */
const maxPullFiles = 3000;

/**
 * Paths that a pull request changes, including previous names of renamed files. Needs
 * `pull-requests: read`.
 * @returns `isWhole` false: there are more than GitHub lists
 */
export async function pullFiles(
  client: GithubClient,
  number: number,
): Promise<{ readonly paths: readonly string[]; readonly isWhole: boolean }> {
  const call = { what: `list the files of #${number}`, needs };
  const files = await client.call(call, (octokit, repo) =>
    octokit.paginate(octokit.rest.pulls.listFiles, { ...repo, pull_number: number, per_page: 100 }),
  );
  const paths = files.flatMap(({ filename, previous_filename: before }) =>
    before === undefined ? [filename] : [filename, before],
  );
  return { paths, isWhole: files.length < maxPullFiles };
}

/**
 * Numbers of the pull requests that brought a commit into the repository, merged ones first. Needs
 * `pull-requests: read`.
 */
export async function pullsOfCommit(
  client: GithubClient,
  sha: string,
): Promise<readonly { readonly number: number; readonly isMerged: boolean }[]> {
  const call = { what: `list the pull requests of ${sha}`, needs };
  const pulls = await client.call(call, (octokit, repo) =>
    octokit.paginate(octokit.rest.repos.listPullRequestsAssociatedWithCommit, {
      ...repo,
      commit_sha: sha,
      per_page: 100,
    }),
  );
  const found = pulls.map(({ number, merged_at }) => ({ number, isMerged: merged_at !== null }));
  return found.sort((a, b) => Number(b.isMerged) - Number(a.isMerged) || a.number - b.number);
}
