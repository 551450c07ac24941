import path from 'node:path';
import { hasCode, messageOf, RearviewError } from '../domain/errors.ts';
import { readRegularFile } from '../files/read-regular-file.ts';
import { codeOf } from '../files/system-error.ts';
import type { CliContext } from './context.ts';

/**
 * Reads a file that the user named.
 * @param options.flag that named it, such as `--file`. Default: an argument did
 * @param options.sizeFlag raises `maxBytes`. Default: none
 * @throws RearviewError `ERR_USAGE` with the name and the reason
 */
export async function readNamedFile(
  { cwd }: Pick<CliContext, 'cwd'>,
  file: string,
  { maxBytes, flag, sizeFlag }: { readonly maxBytes: number; readonly flag?: string; readonly sizeFlag?: string },
): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await readRegularFile(path.resolve(cwd, file), { maxBytes });
  } catch (cause) {
    const why = codeOf(cause) === 'ENOENT' ? 'it does not exist' : messageOf(cause);
    const way = hasCode(cause, 'ERR_OBJECT_TOO_LARGE') && sizeFlag !== undefined ? `; raise ${sizeFlag}` : '';
    const place = flag === undefined ? '' : `${flag}: `;
    throw new RearviewError('ERR_USAGE', `${place}Cannot read ${file}: ${why}${way}.`, { cause });
  }
}
