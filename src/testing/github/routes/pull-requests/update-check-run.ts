import { checkRunPayload } from '../../payloads.ts';
import { notFound, type Route } from '../../route.ts';

/** https://docs.github.com/rest/checks/runs#update-a-check-run: only by the app that created it. */
export const updateCheckRun: Route = {
  operationId: 'checks/update',
  permission: 'checks: write',
  answer({ path, body }, state) {
    const run = state.checkRuns.find(({ id }) => id === Number(path['check_run_id']));
    if (run === undefined) return notFound;
    if (run.app !== 'github-actions') return { status: 403, body: { message: 'Invalid app_id' } };
    run.content = { ...run.content, ...body };
    return { status: 200, body: checkRunPayload(run) };
  },
};
