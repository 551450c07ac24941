import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { readArtifacts } from '../../adapters/github/artifacts.ts';
import type { GithubClient } from '../../adapters/github/github-client.ts';
import { messageOf, RearviewError } from '../../domain/errors.ts';
import { maxSettingsBytes, readRegularFile } from '../../files/read-regular-file.ts';
import { parseSection, sectionPrefix } from '../../pull-requests/parse-section.ts';
import type { Review } from '../../pull-requests/review.ts';
import { maxSectionBytes, type ReviewSection } from '../../pull-requests/section.ts';

/** A section, and what it came as. */
export interface CollectedSection {
  /** Of its artifact, without the prefix: `check`, `goodware-linux`. */
  readonly name: string;
  readonly section: ReviewSection;
}

export interface CollectedSections {
  readonly sections: readonly CollectedSection[];
  readonly refused: Review['refused'];
}

/** The sections that a workflow run left as artifacts. Nothing of them is trusted. Needs `actions: read`. */
export async function collectFromRun(client: GithubClient, runId: number): Promise<CollectedSections> {
  const artifacts = await readArtifacts(client, { runId, prefix: sectionPrefix, maxBytes: maxSectionBytes });
  return collect(
    artifacts.map(({ name, content, refused }) => ({
      name: name.slice(sectionPrefix.length),
      content: content ?? refused,
    })),
  );
}

/**
 * The sections in the files of a folder: `check.json`, `rearview-goodware-linux.json`; also as `gh run download` leaves them, each in a folder of its own.
 * @throws RearviewError `ERR_CONFIG` where it cannot be read
 */
export async function collectFromFolder(folder: string): Promise<CollectedSections> {
  try {
    const entries = await readdir(folder, { withFileTypes: true, recursive: true });
    const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith('.json'));
    const read = files.map(async ({ parentPath, name }) => {
      const base = path.basename(name, '.json');
      const plain = base.startsWith(sectionPrefix) ? base.slice(sectionPrefix.length) : base;
      return {
        name: plain,
        content: await readRegularFile(path.join(parentPath, name), { maxBytes: maxSettingsBytes }),
      };
    });
    return collect((await Promise.all(read)).sort((a, b) => (a.name < b.name ? -1 : 1)));
  } catch (cause) {
    throw new RearviewError('ERR_CONFIG', `--sections: ${folder} cannot be read: ${messageOf(cause)}`, { cause });
  }
}

function collect(
  found: readonly { readonly name: string; readonly content: Uint8Array | string }[],
): CollectedSections {
  const sections: CollectedSection[] = [];
  const refused: { name: string; reason: string }[] = [];
  for (const { name, content } of found) {
    const section = typeof content === 'string' ? content : parseSection(name, content);
    if (typeof section === 'string') refused.push({ name, reason: section });
    else sections.push({ name, section });
  }
  return { sections, refused };
}
