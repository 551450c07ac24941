import { commentPayload } from '../../payloads.ts';
import type { Route } from '../../route.ts';

/** https://docs.github.com/rest/issues/comments#list-issue-comments */
export const listComments: Route = {
  operationId: 'issues/list-comments',
  permission: ['pull-requests: read', 'issues: read'],
  paged: true,
  answer({ path }, state) {
    const comments = state.comments.filter(({ issue }) => issue === Number(path['issue_number']));
    return { status: 200, body: comments.map((comment) => commentPayload(comment, state)) };
  },
};
