import { hasCode } from '../../domain/errors.ts';
import type { GithubClient } from './github-client.ts';

/**
 * The login that our comments carry. A token of an app, as the `GITHUB_TOKEN` of a job is, may not ask for it and has the one that the client was given.
 * Needs no permission.
 */
export async function ownLogin(client: GithubClient): Promise<string> {
  try {
    const call = { what: 'say whose the token is', needs: null };
    const { data } = await client.call(call, (octokit) => octokit.rest.users.getAuthenticated());
    return data.login;
  } catch (error) {
    // 403 says so: "Resource not accessible by integration".
    if (hasCode(error, 'ERR_CONFIG') && statusOf(error.cause) === 403) return client.login;
    throw error;
  }
}

function statusOf(cause: unknown): unknown {
  return cause instanceof Error && 'status' in cause ? cause.status : undefined;
}
