import { artifactPayload } from '../../payloads.ts';
import type { Route } from '../../route.ts';

/** https://docs.github.com/rest/actions/artifacts#list-workflow-run-artifacts */
export const listRunArtifacts: Route = {
  operationId: 'actions/list-workflow-run-artifacts',
  permission: 'actions: read',
  paged: 'artifacts',
  answer({ path, url }, state) {
    const found = state.artifacts.filter(({ runId }) => runId === Number(path['run_id']));
    const artifacts = found.map((artifact) => artifactPayload(artifact, url));
    return { status: 200, body: { total_count: artifacts.length, artifacts } };
  },
};
