import { createServer } from 'node:http';
import { listenOnLoopback } from '../http/listen-on-loopback.ts';
import type { Teardown } from '../teardown.ts';
import type { GithubState } from './github-state.ts';

/**
 * Where artifacts lie: another server, that the API sends to and that is not to see the token.
 * `/slow`-ness has no part in it; it hangs up where the token comes along.
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
