import * as z from 'zod';
import { messageOf, RearviewError } from '../../domain/errors.ts';
import type { WorkflowRun } from '../../domain/pull-requests/workflow-run.ts';
import { checkShape, describeIssues } from '../../domain/text/check-shape.ts';
import { maxSettingsBytes, readTextFile } from '../../files/read-regular-file.ts';
import type { GithubClient } from './github-client.ts';

const number = z.number().int().positive();

/** A workflow run, as the event `workflow_run` and the API describe it (https://docs.github.com/rest/actions/workflow-runs#get-a-workflow-run). */
const runSchema = z
  .object({
    id: number,
    run_number: number,
    run_attempt: number.default(1),
    event: z.string().max(100),
    conclusion: z.string().max(100).nullable(),
    html_url: z.url({ protocol: /^https?$/ }),
    head_sha: z.string().regex(/^[0-9a-f]{40,64}$/),
    head_branch: z.string().max(1000).nullable(),
    head_repository: z.object({ full_name: z.string().max(300) }).nullable(),
    created_at: z.iso.datetime({ offset: true }),
    path: z.string().max(1000),
    repository: z.object({ id: number }),
    pull_requests: z
      .array(z.object({ number, base: z.object({ ref: z.string().max(1000), repo: z.object({ id: number }) }) }))
      .nullable(),
  })
  .transform(
    (run): WorkflowRun => ({
      id: run.id,
      number: run.run_number,
      attempt: run.run_attempt,
      event: run.event,
      conclusion: run.conclusion,
      url: run.html_url,
      headSha: run.head_sha,
      headBranch: run.head_branch ?? '',
      headRepository: run.head_repository?.full_name ?? '',
      createdAt: run.created_at,
      // For some runs GitHub adds the branch or commit that the file was taken from.
      workflow: run.path.replace(/@.*$/s, ''),
      pulls: (run.pull_requests ?? []).map((pull) => pull.number),
      // A repository that is a fork also has pull requests elsewhere: they start nothing here.
      bases: (run.pull_requests ?? []).flatMap(({ base }) => (base.repo.id === run.repository.id ? [base.ref] : [])),
    }),
  );

/**
 * The run in the file of a `workflow_run` event.
 * @throws RearviewError `ERR_CONFIG`
 */
export async function readRunOfEvent(file: string): Promise<WorkflowRun> {
  let value: unknown;
  try {
    value = JSON.parse(await readTextFile(file, { maxBytes: maxSettingsBytes }));
  } catch (cause) {
    throw new RearviewError('ERR_CONFIG', `GITHUB_EVENT_PATH: ${file} cannot be read: ${messageOf(cause)}`, { cause });
  }
  const parsed = checkShape(z.object({ workflow_run: runSchema }), value);
  if (parsed.success) return parsed.data.workflow_run;
  const problem = describeIssues(parsed.error);
  throw new RearviewError(
    'ERR_CONFIG',
    `GITHUB_EVENT_PATH: ${file} holds no event of the kind workflow_run: ${problem}`,
  );
}

/** The run with an id. Needs `actions: read`. */
export async function fetchRun(client: GithubClient, id: number): Promise<WorkflowRun> {
  const call = { what: `show workflow run ${id}`, needs: 'actions: read' };
  const { data } = await client.call(call, (octokit, repo) =>
    octokit.rest.actions.getWorkflowRun({ ...repo, run_id: id }),
  );
  const parsed = checkShape(runSchema, data);
  if (parsed.success) return parsed.data;
  throw new RearviewError('ERR_STATE', `Workflow run ${id} is of no use: ${describeIssues(parsed.error)}`);
}
