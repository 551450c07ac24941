import { fitsName, fitsParts } from '../text/wildcard.ts';

/**
 * Whether a path is left out by one of the patterns. Case counts. `*` stands for any characters within a part of a path, `?` for one, and a part `**` for
 * any number of parts; nothing else is special. A pattern without a slash is held against the name of the file and of each folder above it; one with a slash
 * against the path from its beginning. What a folder is left out with leaves out everything below it. With a slash at its end a pattern is for folders only.
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

/** What is wrong with a pattern; null where it can be used. */
export function excludeProblem(pattern: string): string | null {
  if (/^[/]*$/.test(pattern)) return `Invalid pattern "${pattern}": it names nothing.`;
  if (pattern.length > 1000) return 'Invalid pattern: it has more than 1,000 characters.';
  const parts = pattern.split('/');
  if (parts.includes('..') || parts.includes('.')) {
    return `Invalid pattern "${pattern}": write it from the root down, without "." and "..".`;
  }
  return null;
}

/** Maximum number of patterns of one scan. */
export const maxExcludes = 100;

/** What is wrong with the patterns of a scan; null if all can be used. */
export function excludesProblem(patterns: readonly string[]): string | null {
  const problem = patterns.map(excludeProblem).find((each) => each !== null);
  if (problem !== undefined) return problem;
  return patterns.length > maxExcludes ? `${patterns.length} patterns are too many: at most ${maxExcludes}.` : null;
}
