import * as z from 'zod';
import { messageOf, RearviewError } from '../../domain/errors.ts';
import type { ArtifactsRequest, ReadArtifact } from '../../ports/code-host.ts';
import type { GithubClient } from './github-client.ts';
import { readBounded } from './read-bounded.ts';
import { unzipOnlyFile } from './unzip-only-file.ts';

const maxTries = 3;

/**
 * Reads the artifacts of a workflow run, each an archive of one file, into memory. Their author is
 * not trusted: an artifact that is too large, damaged or in another format is refused and reported,
 * and does not stop the others. The newest of several with the same name counts. Sorted by name.
 * Needs `actions: read`.
 * @throws RearviewError as `GithubClient`, if GitHub does not list the artifacts
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
    else if (bytes > maxBytes) refused = `it has ${bytes} bytes; the maximum is ${maxBytes}`;
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
      // An incomplete response is not an error to Octokit, which has returned it by then.
      if (tries + 1 < maxTries && !(error instanceof RearviewError)) {
        await client.pause(tries);
        continue;
      }
      return { name, content: null, refused: `cannot download it: ${messageOf(error)}` };
    }
    if (archive === null) return { name, content: null, refused: `it has more than ${maxBytes} bytes` };
    const file = await unzipOnlyFile(archive, maxBytes);
    return typeof file === 'string' ? { name, content: null, refused: file } : { name, content: file, refused: null };
  }
}

const streamSchema = z.instanceof(ReadableStream);

/** Requests the archive without the token: its storage is another host. */
async function download(client: GithubClient, id: number): Promise<ReadableStream<unknown>> {
  const call = { what: `download artifact ${id}`, needs: 'actions: read' };
  const { data } = await client.call(call, (octokit, repo) =>
    octokit.rest.actions.downloadArtifact({
      ...{ ...repo, artifact_id: id, archive_format: 'zip' },
      // Read as a stream: the content may be larger than stated.
      request: { parseSuccessResponseBody: false },
    }),
  );
  return streamSchema.parse(data);
}
