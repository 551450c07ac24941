import { pullPayload } from '../../payloads.ts';
import type { Route } from '../../route.ts';

/** https://docs.github.com/rest/commits/commits#list-pull-requests-associated-with-a-commit */
export const listCommitPulls: Route = {
  operationId: 'repos/list-pull-requests-associated-with-commit',
  permission: 'pull-requests: read',
  paged: true,
  answer({ path }, state) {
    const found = state.pulls.filter(
      ({ commits, headSha, state: is }) =>
        commits.includes(path['commit_sha'] ?? '') || (is === 'open' && headSha === path['commit_sha']),
    );
    return { status: 200, body: found.map((pull) => pullPayload(pull, state)) };
  },
};
