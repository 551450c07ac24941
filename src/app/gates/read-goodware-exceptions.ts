import path from 'node:path';
import { messageOf, RearviewError } from '../../domain/errors.ts';
import { maxSettingsBytes, readTextFile } from '../../files/read-regular-file.ts';
import { type GoodwareExceptionsFile, parseGoodwareExceptions } from '../../gates/goodware-exceptions-file.ts';

/**
 * Reads the reviewed exceptions. No file is no exceptions.
 * @param file as the configuration has it, relative to `dir`
 * @throws RearviewError `ERR_CONFIG` where it cannot be read
 */
export async function readGoodwareExceptions(
  file: string,
  { dir, nowMs }: { readonly dir: string; readonly nowMs: number },
): Promise<GoodwareExceptionsFile> {
  let content: string;
  try {
    content = await readTextFile(path.resolve(dir, file), { maxBytes: maxSettingsBytes });
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return { exceptions: [], problems: [] };
    throw new RearviewError('ERR_CONFIG', `goodware.exceptions: ${file} cannot be read: ${messageOf(cause)}`, {
      cause,
    });
  }
  return parseGoodwareExceptions(file, content, nowMs);
}
