import { pullPayload } from '../../payloads.ts';
import { notFound, type Route, textOf } from '../../route.ts';

/** https://docs.github.com/rest/pulls/pulls#update-a-pull-request: only the body. */
export const updatePull: Route = {
  operationId: 'pulls/update',
  permission: 'pull-requests: write',
  answer({ path, body }, state) {
    const pull = state.pulls.find(({ number }) => number === Number(path['pull_number']));
    // The description does not mention it, but GitHub responds with it.
    if (pull === undefined) return notFound;
    if (body['body'] !== undefined) pull.body = textOf(body, 'body');
    return { status: 200, body: pullPayload(pull, state) };
  },
};
