import type { StoredCommit } from './git-store.ts';
import type { GithubState, StoredArtifact, StoredCheckRun, StoredComment, StoredPull } from './github-state.ts';

/** The fields of a user that routes return; the schema provides the rest. */
export function userPayload(login: string) {
  return { login, type: login.endsWith('[bot]') ? 'Bot' : 'User' };
}

/** The fields of a comment of an issue. */
export function commentPayload({ id, issue, login, body, createdAt, updatedAt }: StoredComment, state: GithubState) {
  const { owner, name } = state.repository;
  return {
    ...{ id, body, created_at: createdAt, updated_at: updatedAt, author_association: 'NONE' },
    user: login === null ? null : userPayload(login),
    html_url: `https://github.test/${owner}/${name}/pull/${issue}#issuecomment-${id}`,
    issue_url: `https://github.test/repos/${owner}/${name}/issues/${issue}`,
  };
}

/** The fields of a check run. */
export function checkRunPayload({ id, app, headSha, content }: StoredCheckRun) {
  const { output, ...rest } = content;
  const given = typeof output === 'object' && output !== null ? output : {};
  return {
    ...{ id, head_sha: headSha, status: 'completed', conclusion: null, external_id: null },
    ...rest,
    output: {
      title: null,
      summary: null,
      text: null,
      annotations_count: 0,
      annotations_url: `https://github.test/check-runs/${id}/annotations`,
      ...given,
    },
    app: { slug: app, owner: userPayload(app), permissions: {}, events: [] },
    check_suite: null,
  };
}

/** GitHub returns a time for every closed pull request. */
function closedAtOf({ state, closedAt, mergedAt }: StoredPull): string | null {
  return state === 'open' ? null : (closedAt ?? mergedAt ?? '2026-01-01T00:00:00Z');
}

/** The fields of a pull request. */
export function pullPayload(pull: StoredPull, state: GithubState) {
  const { owner, name } = state.repository;
  const repository = (fullName: string) => {
    const [login = '', repo = ''] = fullName.split('/');
    return { name: repo, full_name: fullName, owner: userPayload(login) };
  };
  const [headOwner] = (pull.headRepository ?? `${owner}/${name}`).split('/');
  return {
    ...{ number: pull.number, state: pull.state, title: pull.title, body: pull.body, user: userPayload(pull.login) },
    ...{
      merged: pull.mergedAt !== null,
      merged_at: pull.mergedAt,
      closed_at: closedAtOf(pull),
      draft: false,
      author_association: 'NONE',
    },
    html_url: `https://github.test/${owner}/${name}/pull/${pull.number}`,
    head: {
      ...{ label: `${headOwner}:${pull.headBranch}`, ref: pull.headBranch, sha: pull.headSha },
      repo: pull.headRepository === null ? null : repository(pull.headRepository),
      user: userPayload(headOwner ?? ''),
    },
    base: {
      ...{ label: `${owner}:${pull.baseBranch}`, ref: pull.baseBranch, sha: pull.baseSha },
      repo: repository(`${owner}/${name}`),
      user: userPayload(owner),
    },
  };
}

/** The fields of an artifact. */
export function artifactPayload({ id, name, zip, claimedBytes, expired = false }: StoredArtifact, url: string) {
  return {
    ...{ id, name, size_in_bytes: claimedBytes ?? zip.length, expired },
    archive_download_url: `${url}/artifacts/${id}/zip`,
  };
}

/** The fields of a reference. */
export function refPayload(ref: string, sha: string) {
  return { ref, object: { type: 'commit', sha } };
}

/** The fields of a Git commit. */
export function commitPayload(sha: string, { tree, parents, message, isByGithub = false }: StoredCommit) {
  const name = isByGithub ? 'GitHub' : 'somebody';
  const at = { date: '2026-11-25T12:00:00Z', name, email: `${name.toLowerCase()}@github.test` };
  const reason = isByGithub ? 'valid' : 'unsigned';
  const verification = { verified: isByGithub, reason, signature: null, payload: null, verified_at: null };
  const links = parents.map((parent) => ({ sha: parent }));
  return { sha, message, tree: { sha: tree }, parents: links, author: at, committer: at, verification };
}
