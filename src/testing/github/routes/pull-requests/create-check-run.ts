import { checkRunPayload } from '../../payloads.ts';
import { type Route, textOf } from '../../route.ts';

/** https://docs.github.com/rest/checks/runs#create-a-check-run */
export const createCheckRun: Route = {
  operationId: 'checks/create',
  permission: 'checks: write',
  answer({ body }, state) {
    const { head_sha: _, ...content } = body;
    const run = { id: state.nextId(), app: 'github-actions', headSha: textOf(body, 'head_sha'), content };
    state.checkRuns.push(run);
    return { status: 201, body: checkRunPayload(run) };
  },
};
