/** What tests say of a workflow run; the rest is as GitHub has it. */
export interface TestRun {
  readonly id?: number;
  readonly number?: number;
  readonly attempt?: number;
  readonly event?: string;
  readonly conclusion?: string | null;
  readonly headSha?: string;
  readonly headBranch?: string;
  readonly headRepository?: string;
  readonly pulls?: readonly number[];
}

/** The run of an event `workflow_run`, and of the answer to a question for it (https://docs.github.com/webhooks/webhook-events-and-payloads#workflow_run). */
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
}: TestRun = {}) {
  return {
    ...{ id, run_number: number, run_attempt: attempt, event, conclusion, status: 'completed', name: 'Rules' },
    ...{ head_sha: headSha, head_branch: headBranch, path: '.github/workflows/rules.yml' },
    html_url: `https://github.test/octo/rules/actions/runs/${id}`,
    head_repository: { id: 2, full_name: headRepository, name: headRepository.split('/')[1] ?? '' },
    pull_requests: pulls.map((pull) => pullOfRun(pull, { headSha, headBranch })),
  };
}

function pullOfRun(number: number, { headSha, headBranch }: { readonly headSha: string; readonly headBranch: string }) {
  const repo = { id: 1, url: 'https://github.test/repos/octo/rules', name: 'rules' };
  return {
    ...{ id: 1000 + number, number, url: `${repo.url}/pulls/${number}` },
    head: { ref: headBranch, sha: headSha, repo },
    base: { ref: 'main', sha: 'b'.repeat(40), repo },
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
