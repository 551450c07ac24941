import { isAbsolute, relative, sep } from 'node:path';

/** Whether `path` lies below `folder`. Both absolute, without symbolic links. */
export function isInside(folder: string, path: string): boolean {
  const below = relative(folder, path);
  return below !== '' && below !== '..' && !below.startsWith(`..${sep}`) && !isAbsolute(below);
}
