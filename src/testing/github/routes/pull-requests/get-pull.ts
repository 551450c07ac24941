import { pullPayload } from '../../payloads.ts';
import { notFound, type Route } from '../../route.ts';

/** https://docs.github.com/rest/pulls/pulls#get-a-pull-request */
export const getPull: Route = {
  operationId: 'pulls/get',
  permission: 'pull-requests: read',
  answer({ path }, state) {
    const pull = state.pulls.find(({ number }) => number === Number(path['pull_number']));
    return pull === undefined ? notFound : { status: 200, body: pullPayload(pull, state) };
  },
};
