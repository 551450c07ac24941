import { notFound, type Route } from '../../route.ts';

/**
 * https://docs.github.com/rest/actions/workflow-runs#get-a-workflow-run: the runs in
 * `state.more('runs')`.
 */
export const getRun: Route = {
  operationId: 'actions/get-workflow-run',
  permission: 'actions: read',
  answer({ path }, state) {
    const run = state.more('runs', () => new Map<number, unknown>()).get(Number(path['run_id']));
    return run === undefined ? notFound : { status: 200, body: run };
  },
};
