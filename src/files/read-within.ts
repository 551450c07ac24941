import { type FileHandle, realpath } from 'node:fs/promises';
import { RearviewError } from '../domain/errors.ts';
import { isInside } from './inside-folder.ts';
import { readRegularFile } from './read-regular-file.ts';
import { realPathOf } from './real-path-of.ts';
import { leadsToByNames } from './same-file.ts';

/** A file that was read, and where it really is. */
export interface ReadWithin {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Absolute, without symbolic links. */
  readonly path: string;
}

export interface ReadWithinOptions {
  /** Larger files are refused. */
  readonly maxBytes: number;
  /** Called between the look-up of the name and the opening: where a test swaps links. */
  readonly beforeOpen?: () => void;
}

/**
 * Reads a file that has to be inside a folder. Symbolic links are followed as long as they stay inside. What was opened is checked, not its name: a
 * link that is swapped after it was looked at does not lead out.
 *
 * Messages do not name the file: the caller does.
 * @param root absolute, without symbolic links
 * @throws RearviewError `ERR_OBJECT_DENIED` where it is outside; as `readRegularFile`
 */
export async function readWithin(
  root: string,
  path: string,
  { maxBytes, beforeOpen }: ReadWithinOptions,
): Promise<ReadWithin> {
  // Also checked by name first: what is outside is not even opened, unless the name is swapped at this moment.
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
