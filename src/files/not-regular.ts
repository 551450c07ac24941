import type { Dirent } from 'node:fs';
import { RearviewError } from '../domain/errors.ts';

type Kind = Pick<Dirent, 'isFIFO' | 'isSocket' | 'isBlockDevice' | 'isCharacterDevice' | 'isDirectory'>;

/** What stands where a file was expected: `a FIFO`, `a folder`. */
export function kindName(kind: Kind): string {
  if (kind.isDirectory()) return 'a folder';
  if (kind.isFIFO()) return 'a FIFO';
  if (kind.isSocket()) return 'a socket';
  return kind.isBlockDevice() ? 'a block device' : 'a device';
}

/** The error that something is not a regular file. Its message does not name the path: the caller does. */
export function notRegular(kind: Kind): RearviewError {
  return new RearviewError('ERR_OBJECT_UNSUPPORTED', `it is ${kindName(kind)}, not a regular file`);
}
