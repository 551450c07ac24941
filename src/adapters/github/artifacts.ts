import { z } from 'zod';
import { messageOf, RearviewError } from '../../domain/errors.ts';
import type { ArtifactsRequest, ReadArtifact } from '../../ports/code-host.ts';
import type { GithubClient } from './github-client.ts';
import { readBounded } from './read-bounded.ts';
import { unzipOnlyFile } from './unzip-only-file.ts';

const maxTries = 3;

/**
 * Reads the artifacts of a workflow run, each an archive of one file, into memory. Whoever made them is not trusted: what is too large, broken or of
 * another form is refused and told, and stops nothing. Of several of a name the newest counts. In the order of their names. Needs `actions: read`.
 * @throws RearviewError as `GithubClient`, where GitHub does not let us see what there is
 */
export async function readArtifacts(
  client: GithubClient,
  { runId, prefix, maxBytes, maxArtifacts = 40 }: ArtifactsRequest,
): Promise<readonly ReadArtifact[]> {
  const call = { what: `list the artifacts of run ${runId}`, needs: 'actions: read' };
  const listed = await client.call(call, (octokit, repo) =>
    octokit.paginate(octokit.rest.actions.listWorkflowRunArtifacts, { ...repo, run_id: runId, per_page: 100 }),
  );
  const newest = new Map<string, (typeof listed)[number]>();
  for (const artifact of listed.sort((a, b) => a.id - b.id)) {
    if (artifact.name.startsWith(prefix)) newest.set(artifact.name, artifact);
  }
  const chosen = [...newest.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const read: ReadArtifact[] = [];
  for (const { id, name, expired, size_in_bytes: bytes } of chosen) {
    let refused: string | null = null;
    if (read.length >= maxArtifacts) refused = `there are more than ${maxArtifacts} artifacts`;
    else if (expired) refused = 'it has expired';
    else if (bytes > maxBytes) refused = `it has ${bytes} bytes; ${maxBytes} are the most`;
    read.push(refused === null ? await readArtifact(client, { id, name, maxBytes }) : { name, content: null, refused });
  }
  return read;
}

async function readArtifact(
  client: GithubClient,
  { id, name, maxBytes }: { readonly id: number; readonly name: string; readonly maxBytes: number },
): Promise<ReadArtifact> {
  for (let tries = 0; ; tries += 1) {
    let archive: Uint8Array | null;
    try {
      archive = await readBounded(await download(client, id), maxBytes);
    } catch (error) {
      // An answer that breaks off in the middle is no error to Octokit, which has handed it over by then.
      if (tries + 1 < maxTries && !(error instanceof RearviewError)) {
        await client.pause(tries);
        continue;
      }
      return { name, content: null, refused: `it could not be downloaded: ${messageOf(error)}` };
    }
    if (archive === null) return { name, content: null, refused: `it has more than ${maxBytes} bytes` };
    const file = await unzipOnlyFile(archive, maxBytes);
    return typeof file === 'string' ? { name, content: null, refused: file } : { name, content: file, refused: null };
  }
}

const streamSchema = z.instanceof(ReadableStream);

/** Sends to where the archive lies, without the token: that is another host. */
async function download(client: GithubClient, id: number): Promise<ReadableStream<unknown>> {
  const call = { what: `download artifact ${id}`, needs: 'actions: read' };
  const { data } = await client.call(call, (octokit, repo) =>
    octokit.rest.actions.downloadArtifact({
      ...{ ...repo, artifact_id: id, archive_format: 'zip' },
      // As a stream: the whole of it may be more than it was said to be.
      request: { parseSuccessResponseBody: false },
    }),
  );
  return streamSchema.parse(data);
}
