import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { type CollectedSections, parseSections } from '../../app/pull-requests/collect-sections.ts';
import { messageOf, RearviewError } from '../../domain/errors.ts';
import { maxSettingsBytes, readRegularFile } from '../../files/read-regular-file.ts';

/**
 * Reads the sections in the files of a folder: `check.json`, `rearview-goodware-linux.json`, each
 * also in its own folder as `gh run download` leaves it.
 * @throws RearviewError `ERR_CONFIG` if it cannot be read
 */
export async function sectionsInFolder(folder: string): Promise<CollectedSections> {
  try {
    const entries = await readdir(folder, { withFileTypes: true, recursive: true });
    const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith('.json'));
    const read = files.map(async ({ parentPath, name }) => ({
      name: path.basename(name, '.json'),
      content: await readRegularFile(path.join(parentPath, name), { maxBytes: maxSettingsBytes }),
    }));
    const { sections, refused } = parseSections(await Promise.all(read));
    return { sections: sections.toSorted(byName), refused: refused.toSorted(byName) };
  } catch (cause) {
    throw new RearviewError('ERR_CONFIG', `--sections: ${folder} cannot be read: ${messageOf(cause)}`, { cause });
  }
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : 1;
}
