import { checkRunPayload } from '../../payloads.ts';
import type { Route } from '../../route.ts';

/** https://docs.github.com/rest/checks/runs#list-check-runs-for-a-git-reference */
export const listCheckRuns: Route = {
  operationId: 'checks/list-for-ref',
  permission: 'checks: read',
  paged: 'check_runs',
  answer({ path, query }, state) {
    const name = query.get('check_name');
    const runs = state.checkRuns.filter(
      ({ headSha, content }) => headSha === path['ref'] && (name === null || content['name'] === name),
    );
    return { status: 200, body: { total_count: runs.length, check_runs: runs.map(checkRunPayload) } };
  },
};
