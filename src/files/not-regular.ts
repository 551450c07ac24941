import type { Dirent } from 'node:fs';
import { RearviewError } from '../domain/errors.ts';

type Kind = Pick<Dirent, 'isFIFO' | 'isSocket' | 'isBlockDevice' | 'isCharacterDevice' | 'isDirectory'>;

/** Names what was found instead of a file: `a FIFO`, `a folder`. */
export function kindName(kind: Kind): string {
  if (kind.isDirectory()) return 'a folder';
  if (kind.isFIFO()) return 'a FIFO';
  if (kind.isSocket()) return 'a socket';
  return kind.isBlockDevice() ? 'a block device' : 'a device';
}

/**
 * Creates the error for something that is not a regular file. Its message leaves the path to the
 * caller.
 */
export function notRegular(kind: Kind): RearviewError {
  return new RearviewError('ERR_OBJECT_UNSUPPORTED', `it is ${kindName(kind)}, not a regular file`);
}
