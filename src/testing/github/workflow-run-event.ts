/** The fields of a workflow run that tests set; the rest is as GitHub has it. */
export interface TestRun {
  readonly id?: number;
  readonly number?: number;
  readonly attempt?: number;
  readonly event?: string;
  readonly conclusion?: string | null;
  readonly headSha?: string;
  readonly headBranch?: string;
  readonly headRepository?: string;
  /** Numbers of pull requests, with the base branch of each if it is not `main`. */
  readonly pulls?: readonly (number | readonly [number, string])[];
  readonly createdAt?: string;
  /** File of the workflow. */
  readonly path?: string;
}

/**
 * The run in an event `workflow_run`, and in the response to a request for it
 * (https://docs.github.com/webhooks/webhook-events-and-payloads#workflow_run).
 */
export function workflowRun({
  id = 9,
  number = 7,
  attempt = 1,
  event = 'pull_request',
  conclusion = 'success',
  headSha = 'a'.repeat(40),
  headBranch = 'topic',
  headRepository = 'octo/rules',
  pulls = [5],
  createdAt = '2026-11-25T12:00:00Z',
  path = '.github/workflows/rules.yml',
}: TestRun = {}) {
  const head = { headSha, headBranch };
  return {
    ...{ id, run_number: number, run_attempt: attempt, event, conclusion, status: 'completed', name: 'Rules' },
    ...{ head_sha: headSha, head_branch: headBranch, path, created_at: createdAt },
    html_url: `https://github.test/octo/rules/actions/runs/${id}`,
    head_repository: { id: 2, full_name: headRepository, name: headRepository.split('/')[1] ?? '' },
    repository: { id: 1, full_name: 'octo/rules', name: 'rules' },
    pull_requests: pulls.map((pull) =>
      pullOfRun(...(typeof pull === 'number' ? ([pull, 'main'] as const) : pull), head),
    ),
  };
}

function pullOfRun(
  number: number,
  base: string,
  { headSha, headBranch }: { readonly headSha: string; readonly headBranch: string },
) {
  const repo = { id: 1, url: 'https://github.test/repos/octo/rules', name: 'rules' };
  return {
    ...{ id: 1000 + number, number, url: `${repo.url}/pulls/${number}` },
    head: { ref: headBranch, sha: headSha, repo },
    base: { ref: base, sha: 'b'.repeat(40), repo },
  };
}

/** The file at `GITHUB_EVENT_PATH`. */
export function workflowRunEvent(run: TestRun = {}): string {
  return JSON.stringify({
    action: 'completed',
    workflow_run: workflowRun(run),
    repository: { full_name: 'octo/rules' },
  });
}
