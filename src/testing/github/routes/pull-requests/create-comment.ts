import { addComment } from '../../github-state.ts';
import { commentPayload } from '../../payloads.ts';
import { type Route, textOf } from '../../route.ts';

/** https://docs.github.com/rest/issues/comments#create-an-issue-comment */
export const createComment: Route = {
  operationId: 'issues/create-comment',
  permission: ['pull-requests: write', 'issues: write'],
  answer({ path, body, login }, state) {
    const text = textOf(body, 'body');
    if (text.length > 65_536)
      return { status: 422, body: { message: 'Body is too long (maximum is 65536 characters)' } };
    const comment = addComment(state, Number(path['issue_number']), login, text);
    return { status: 201, body: commentPayload(comment, state) };
  },
};
