import { pullPayload } from '../../payloads.ts';
import type { Route } from '../../route.ts';

/** https://docs.github.com/rest/pulls/pulls#list-pull-requests */
export const listPulls: Route = {
  operationId: 'pulls/list',
  permission: 'pull-requests: read',
  paged: true,
  answer({ query }, state) {
    const [stateFilter, head, base] = [query.get('state') ?? 'open', query.get('head'), query.get('base')];
    const found = state.pulls.filter((pull) => {
      const [owner] = (pull.headRepository ?? '').split('/');
      const isHead = head === null || head === `${owner}:${pull.headBranch}`;
      return (
        (stateFilter === 'all' || pull.state === stateFilter) && isHead && (base === null || base === pull.baseBranch)
      );
    });
    return { status: 200, body: found.map((pull) => pullPayload(pull, state)) };
  },
};
