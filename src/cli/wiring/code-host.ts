import { createGithubCodeHost } from '../../adapters/github/code-host.ts';
import { maxCommentLength } from '../../adapters/github/comments.ts';
import { createGithubClient } from '../../adapters/github/github-client.ts';
import { readRunOfEvent } from '../../adapters/github/workflow-runs.ts';
import type { WorkflowRun } from '../../domain/pull-requests/workflow-run.ts';
import type { CodeHost } from '../../ports/code-host.ts';
import type { CliContext } from '../context.ts';
import { githubSettings } from '../github/github-settings.ts';
import { safeText } from '../output/output.ts';

export { maxCommentLength };

/**
 * Opens the repository of the settings on GitHub. Waits are printed on stderr.
 * @throws RearviewError as `githubSettings`
 */
export function openCodeHost({ env, stderr }: Pick<CliContext, 'env' | 'stderr'>): CodeHost {
  const settings = githubSettings(
    { env },
    'GITHUB_TOKEN',
    'GITHUB_API_URL',
    'GITHUB_REPOSITORY',
    'REARVIEW_GITHUB_LOGIN',
  );
  const [owner = '', name = ''] = settings.GITHUB_REPOSITORY.split('/');
  const client = createGithubClient({
    token: settings.GITHUB_TOKEN,
    apiUrl: settings.GITHUB_API_URL,
    repository: { owner, name },
    login: settings.REARVIEW_GITHUB_LOGIN,
    log: (line) => void stderr.write(`${safeText(line)}\n`),
  });
  return createGithubCodeHost(client);
}

/**
 * The workflow run of the event that started this job.
 * @throws RearviewError `ERR_CONFIG`
 */
export function runOfEvent(context: Pick<CliContext, 'env'>): Promise<WorkflowRun> {
  return readRunOfEvent(githubSettings(context, 'GITHUB_EVENT_PATH').GITHUB_EVENT_PATH);
}
