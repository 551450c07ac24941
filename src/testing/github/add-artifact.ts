import { Uint8ArrayReader, Uint8ArrayWriter, ZipWriter } from '@zip.js/zip.js';
import type { GithubState, StoredArtifact } from './github-state.ts';

/** A zip archive as `actions/upload-artifact` makes it. */
export async function zipOf(files: Readonly<Record<string, string | Uint8Array>>): Promise<Uint8Array> {
  const writer = new ZipWriter(new Uint8ArrayWriter(), { useWebWorkers: false });
  for (const [name, content] of Object.entries(files)) {
    await writer.add(name, new Uint8ArrayReader(typeof content === 'string' ? Buffer.from(content) : content));
  }
  return writer.close();
}

/** Adds an artifact. Its archive has `file` under its name, unless an archive is given. */
export async function addArtifact(
  state: GithubState,
  runId: number,
  name: string,
  content: string | Pick<StoredArtifact, 'zip' | 'claimedBytes' | 'expired'>,
): Promise<StoredArtifact> {
  const id = state.nextId();
  const artifact =
    typeof content === 'string'
      ? { id, runId, name, zip: await zipOf({ [`${name}.json`]: content }) }
      : { id, runId, name, ...content };
  state.artifacts.push(artifact);
  return artifact;
}
