import {
  createGithubClient,
  type GithubClient,
  type GithubClientOptions,
} from '../../adapters/github/github-client.ts';
import type { GithubServer } from './github-server.ts';

/** The real client on the test server. It waits a millisecond for each second that GitHub states. */
export function testClient(server: GithubServer, options: Partial<GithubClientOptions> = {}): GithubClient {
  const { repository } = server.state;
  return createGithubClient({ token: 'token', apiUrl: server.url, repository, secondMs: 1, ...options });
}
