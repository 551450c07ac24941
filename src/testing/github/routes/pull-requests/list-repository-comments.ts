import { commentPayload } from '../../payloads.ts';
import type { Route } from '../../route.ts';

/** https://docs.github.com/rest/issues/comments#list-issue-comments-for-a-repository */
export const listRepositoryComments: Route = {
  operationId: 'issues/list-comments-for-repo',
  permission: ['pull-requests: read', 'issues: read'],
  paged: true,
  answer({ query }, state) {
    const since = query.get('since') ?? '';
    const comments = state.comments.filter(({ updatedAt }) => Date.parse(updatedAt) >= (Date.parse(since) || 0));
    return { status: 200, body: comments.map((comment) => commentPayload(comment, state)) };
  },
};
