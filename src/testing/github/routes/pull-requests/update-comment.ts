import { commentPayload } from '../../payloads.ts';
import { notFound, type Route, textOf } from '../../route.ts';

/**
 * https://docs.github.com/rest/issues/comments#update-an-issue-comment: a user with write access may
 * also change the comments of others.
 */
export const updateComment: Route = {
  operationId: 'issues/update-comment',
  permission: ['pull-requests: write', 'issues: write'],
  answer({ path, body }, state) {
    const comment = state.comments.find(({ id }) => id === Number(path['comment_id']));
    // The description does not mention it, but GitHub responds with it.
    if (comment === undefined) return notFound;
    comment.body = textOf(body, 'body');
    comment.updatedAt = state.now();
    return { status: 200, body: commentPayload(comment, state) };
  },
};
