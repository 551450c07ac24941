import { RequestError } from '@octokit/request-error';
import { hasCode, RearviewError } from '../../domain/errors.ts';
import { isSameMarkdown, type NewPull, type OwnPull } from '../../domain/pull-requests/pull.ts';
import type { GithubClient } from './github-client.ts';
import { isAnswerLost } from './github-errors.ts';

const [read, write] = ['pull-requests: read', 'pull-requests: write'];
const maxTries = 4;

/** The pull requests from a branch of this repository, newest first. Needs `pull-requests: read`. */
export async function pullsOfBranch(client: GithubClient, branch: string): Promise<readonly OwnPull[]> {
  const { owner, name } = client.repository;
  const call = { what: `list the pull requests of ${branch}`, needs: read };
  const found = await client.call(call, (octokit, repo) =>
    octokit.paginate(octokit.rest.pulls.list, { ...repo, state: 'all', head: `${owner}:${branch}`, per_page: 100 }),
  );
  const full = `${owner}/${name}`.toLowerCase();
  // A fork of the same owner may have a branch of this name.
  const own = found.filter(({ head }) => head.ref === branch && head.repo?.full_name.toLowerCase() === full);
  const pulls = own.map(({ number, html_url: url, state, merged_at, title, body }): OwnPull => {
    return {
      number,
      url,
      state: state === 'open' ? 'open' : merged_at === null ? 'closed' : 'merged',
      title,
      body: body ?? '',
    };
  });
  return pulls.sort((a, b) => b.number - a.number);
}

/**
 * Opens a pull request from a branch without an open one. Needs `pull-requests: write`, and the
 * setting that lets jobs open pull requests.
 * @throws RearviewError `ERR_CONFIG` naming that setting if it is off
 */
export async function openPull(client: GithubClient, { branch, base, title, body }: NewPull): Promise<OwnPull> {
  for (let tries = 0; ; tries += 1) {
    try {
      const call = { what: `open a pull request from ${branch}`, needs: write };
      const { data } = await client.call(call, (octokit, repo) =>
        octokit.rest.pulls.create({ ...repo, head: branch, base, title, body }),
      );
      return { number: data.number, url: data.html_url, state: 'open', title, body };
    } catch (error) {
      if (isSettingOff(error)) throw settingOff(error);
      if (!isAnswerLost(error)) throw error;
      await client.pause(tries);
      const made = (await pullsOfBranch(client, branch)).find(({ state }) => state === 'open');
      if (made !== undefined) return made;
      if (tries + 1 >= maxTries) throw error;
    }
  }
}

/** Replaces the body of a pull request if it differs; returns whether it did. Needs `pull-requests: write`. */
export async function updatePull(client: GithubClient, pull: OwnPull, body: string): Promise<boolean> {
  if (isSameMarkdown(pull.body, body)) return false;
  const call = { what: `change pull request #${pull.number}`, needs: write };
  await client.call(call, (octokit, repo) => octokit.rest.pulls.update({ ...repo, pull_number: pull.number, body }));
  return true;
}

/** https://docs.github.com/repositories/managing-your-repositorys-settings-and-features/enabling-features-for-your-repository/managing-github-actions-settings-for-a-repository */
function isSettingOff(error: unknown): boolean {
  return (
    hasCode(error, 'ERR_CONFIG') &&
    error.cause instanceof RequestError &&
    /not permitted to create/i.test(error.cause.message)
  );
}

function settingOff(cause: unknown): RearviewError {
  return new RearviewError(
    'ERR_CONFIG',
    'GitHub does not allow jobs of this repository to open pull requests: turn on "Allow GitHub Actions to create and approve pull requests" in its settings, under Actions, General, Workflow permissions (or in those of the organization).',
    { cause },
  );
}
