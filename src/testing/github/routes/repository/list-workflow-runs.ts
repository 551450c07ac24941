import { basename } from 'node:path';
import * as z from 'zod';
import type { Route } from '../../route.ts';

const runSchema = z.object({ path: z.string(), head_sha: z.string(), event: z.string() });

/**
 * https://docs.github.com/rest/actions/workflow-runs#list-workflow-runs-for-a-workflow: the runs in
 * `state.more('runs')`.
 */
export const listWorkflowRuns: Route = {
  operationId: 'actions/list-workflow-runs',
  permission: 'actions: read',
  paged: 'workflow_runs',
  answer({ path, query }, state) {
    const runs = [...state.more('runs', () => new Map<number, unknown>()).values()].filter((each) => {
      const run = runSchema.parse(each);
      const isOf = (name: string, value: string) => query.get(name) === null || query.get(name) === value;
      return basename(run.path) === path['workflow_id'] && isOf('head_sha', run.head_sha) && isOf('event', run.event);
    });
    return { status: 200, body: { total_count: runs.length, workflow_runs: runs } };
  },
};
