import { writeFile } from 'node:fs/promises';
import { messageOf, RearviewError } from '../domain/errors.ts';

/**
 * Writes a file that a flag names. Its permissions are those of any new file, as with `>` of a shell: the person chose the place, and what is written is meant to be passed on.
 * @throws RearviewError `ERR_CONFIG` where that fails
 */
export async function writeOut(flag: string, path: string, content: string | Uint8Array): Promise<void> {
  try {
    await writeFile(path, content);
  } catch (cause) {
    throw new RearviewError('ERR_CONFIG', `${flag}: ${path} cannot be written: ${messageOf(cause)}`, { cause });
  }
}
