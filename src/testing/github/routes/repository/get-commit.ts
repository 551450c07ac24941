import { gitOf } from '../../git-store.ts';
import { commitPayload } from '../../payloads.ts';
import { notFound, type Route } from '../../route.ts';

/** https://docs.github.com/rest/git/commits#get-a-commit-object */
export const getCommit: Route = {
  operationId: 'git/get-commit',
  permission: 'contents: read',
  answer({ path }, state) {
    const sha = path['commit_sha'] ?? '';
    const commit = gitOf(state).commits.get(sha);
    return commit === undefined ? notFound : { status: 200, body: commitPayload(sha, commit) };
  },
};
