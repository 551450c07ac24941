import { notFound, type Route } from '../../route.ts';

/** https://docs.github.com/rest/issues/comments#delete-an-issue-comment */
export const deleteComment: Route = {
  operationId: 'issues/delete-comment',
  permission: ['pull-requests: write', 'issues: write'],
  answer({ path }, state) {
    const at = state.comments.findIndex(({ id }) => id === Number(path['comment_id']));
    if (at < 0) return notFound;
    state.comments.splice(at, 1);
    return { status: 204 };
  },
};
