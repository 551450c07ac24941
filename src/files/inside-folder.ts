import { isAbsolute, relative, sep } from 'node:path';

/** Returns whether `path` is below `folder`. Both are absolute, without symbolic links. */
export function isInside(folder: string, path: string): boolean {
  const below = relative(folder, path);
  return below !== '' && below !== '..' && !below.startsWith(`..${sep}`) && !isAbsolute(below);
}
