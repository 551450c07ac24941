import { userPayload } from '../../payloads.ts';
import type { Route } from '../../route.ts';

/** https://docs.github.com/rest/issues/events#list-issue-events */
export const listIssueEvents: Route = {
  operationId: 'issues/list-events',
  permission: ['pull-requests: read', 'issues: read'],
  paged: true,
  answer({ path }, state) {
    const events = state.issueEvents.filter(({ issue }) => issue === Number(path['issue_number']));
    return {
      status: 200,
      body: events.map(({ id, event, createdAt }) => ({
        ...{ id, node_id: `E_${id}`, url: `https://github.test/repos/octo/rules/issues/events/${id}`, event },
        ...{ actor: userPayload('octocat'), commit_id: null, commit_url: null, created_at: createdAt },
        performed_via_github_app: null,
      })),
    };
  },
};
