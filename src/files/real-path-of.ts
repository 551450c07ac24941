import { readlinkSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';

/** The folder in which Linux shows the open descriptors of this process. */
export const descriptors = '/proc/self/fd';

/**
 * Returns the kernel's path of an open file or folder, without symbolic links. Null on systems
 * other than Linux, and if `/proc` is not mounted.
 *
 * Synchronous: the kernel knows the result without disk access, and passing the call to a thread
 * would take longer than the call.
 */
export function realPathOf({ fd }: Pick<FileHandle, 'fd'>): Buffer | null {
  if (process.platform !== 'linux') return null;
  try {
    return readlinkSync(`${descriptors}/${fd}`, { encoding: 'buffer' });
  } catch {
    return null;
  }
}
