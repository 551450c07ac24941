import { type FileHandle, realpath } from 'node:fs/promises';
import { RearviewError } from '../domain/errors.ts';
import { isInside } from './inside-folder.ts';
import { readRegularFile } from './read-regular-file.ts';
import { realPathOf } from './real-path-of.ts';
import { leadsToByNames } from './same-file.ts';

/** A file's content and its real path. */
export interface ReadWithin {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Absolute, without symbolic links. */
  readonly path: string;
}

export interface ReadWithinOptions {
  /** Larger files are refused. */
  readonly maxBytes: number;
  /** Called between the lookup of the name and the open, so that a test can swap links. */
  readonly beforeOpen?: () => void;
}

/**
 * Reads a file that must be inside a folder. Symbolic links are followed as long as they stay
 * inside. The opened file is checked, not its name: a link that is swapped after the lookup does
 * not lead outside.
 *
 * Messages leave the file name to the caller.
 * @param root absolute, without symbolic links
 * @throws RearviewError `ERR_OBJECT_DENIED` if it is outside; as `readRegularFile`
 */
export async function readWithin(
  root: string,
  path: string,
  { maxBytes, beforeOpen }: ReadWithinOptions,
): Promise<ReadWithin> {
  // The name is also checked first: a file outside is not even opened, unless the name is swapped
  // at this very moment.
  if (!isInside(root, await realpath(path))) throw outside();
  beforeOpen?.();
  let real = '';
  const verify = async (handle: FileHandle) => {
    real = await placeOf(handle, path);
    if (!isInside(root, real)) throw outside();
  };
  const bytes = await readRegularFile(path, { maxBytes, verify });
  return { bytes, path: real };
}

async function placeOf(handle: FileHandle, path: string): Promise<string> {
  const known = realPathOf(handle);
  if (known !== null) return known.toString();
  const real = await realpath(path);
  if (await leadsToByNames(Buffer.from(real), await handle.stat({ bigint: true }))) return real;
  throw outside();
}

function outside(): RearviewError {
  return new RearviewError('ERR_OBJECT_DENIED', 'it is outside the folder');
}
