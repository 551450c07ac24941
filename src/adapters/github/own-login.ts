import { hasCode } from '../../domain/errors.ts';
import type { GithubClient } from './github-client.ts';

/**
 * The login that writes Rearview's comments. The token of an app, such as the `GITHUB_TOKEN` of a
 * job, may not look it up and uses the one given to the client. Needs no permission.
 */
export async function ownLogin(client: GithubClient): Promise<string> {
  try {
    const call = { what: 'look up the login of the token', needs: null };
    const { data } = await client.call(call, (octokit) => octokit.rest.users.getAuthenticated());
    return data.login;
  } catch (error) {
    // 403 means so: "Resource not accessible by integration".
    if (hasCode(error, 'ERR_CONFIG') && statusOf(error.cause) === 403) return client.login;
    throw error;
  }
}

function statusOf(cause: unknown): unknown {
  return cause instanceof Error && 'status' in cause ? cause.status : undefined;
}
