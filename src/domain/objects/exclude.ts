import { fitsName, fitsParts } from '../text/wildcard.ts';

/**
 * Returns whether one of the patterns leaves out a path. Case matters.
 *
 * - `*` matches any characters within a part of a path, `?` matches one, and a part `**` matches
 *   any number of parts. No other character is special.
 * - A pattern without a slash is compared with the name of the file and of each folder above it.
 *   One with a slash is compared with the path from its start.
 * - A folder that is left out leaves out everything below it. A pattern with a slash at its end
 *   matches folders only.
 *
 * @param path below the root, with `/`
 */
export function isExcluded(patterns: readonly string[] | undefined, path: string): boolean {
  if (patterns === undefined || patterns.length === 0) return false;
  const parts = path.split('/').filter((part) => part !== '');
  return patterns.some((pattern) => leavesOut(pattern, parts));
}

function leavesOut(pattern: string, parts: readonly string[]): boolean {
  const isForFolders = pattern.endsWith('/');
  const bare = pattern.replace(/\/+$/, '');
  const last = isForFolders ? parts.length - 1 : parts.length;
  if (!bare.includes('/')) return parts.slice(0, last).some((part) => bare === '**' || fitsName(bare, part));
  const wanted = bare.split('/').filter((part) => part !== '');
  for (let length = 1; length <= last; length += 1) {
    if (fitsParts(wanted, parts.slice(0, length))) return true;
  }
  return false;
}

/** Returns the problem with a pattern; null if it is valid. */
export function excludeProblem(pattern: string): string | null {
  if (/^[/]*$/.test(pattern)) return `Invalid pattern "${pattern}": it names no file or folder.`;
  if (pattern.length > 1000) return 'Invalid pattern: it has more than 1,000 characters.';
  const parts = pattern.split('/');
  if (parts.includes('..') || parts.includes('.')) {
    return `Invalid pattern "${pattern}": start at the root and leave out "." and "..".`;
  }
  return null;
}

/** Maximum number of patterns per scan. */
export const maxExcludes = 100;

/** Returns the problem of the patterns of a scan; null if all can be used. */
export function excludesProblem(patterns: readonly string[]): string | null {
  const problem = patterns.map(excludeProblem).find((each) => each !== null);
  if (problem !== undefined) return problem;
  return patterns.length > maxExcludes ? `${patterns.length} patterns are too many: at most ${maxExcludes}.` : null;
}
