import { writeFile } from 'node:fs/promises';
import { messageOf, RearviewError } from '../domain/errors.ts';

/**
 * Writes a file that a flag names.
 * @throws RearviewError `ERR_CONFIG` where that fails
 */
export async function writeOut(flag: string, path: string, content: string | Uint8Array): Promise<void> {
  try {
    await writeFile(path, content);
  } catch (cause) {
    throw new RearviewError('ERR_CONFIG', `${flag}: ${path} cannot be written: ${messageOf(cause)}`, { cause });
  }
}
