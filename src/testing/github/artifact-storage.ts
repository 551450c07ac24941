import { createServer } from 'node:http';
import { listenOnLoopback } from '../http/listen-on-loopback.ts';
import type { Teardown } from '../teardown.ts';
import type { GithubState } from './github-state.ts';

/**
 * The storage of artifacts: another server, to which the API redirects. It must not receive the
 * token of the API, and closes the connection of a request that has one.
 */
export async function startArtifactStorage(t: Teardown, state: GithubState): Promise<string> {
  const server = createServer(({ url = '', headers }, response) => {
    const artifact = state.artifacts.find(({ id }) => url === `/artifacts/${id}.zip`);
    if (headers.authorization !== undefined) response.destroy();
    else if (artifact === undefined) response.writeHead(404).end();
    else response.writeHead(200, { 'content-type': 'application/zip' }).end(artifact.zip);
  });
  const port = await listenOnLoopback(t, server);
  return `http://127.0.0.1:${port}`;
}
