import { compareKeys } from './key-order.ts';

/** Maximum levels of folders to descend, one request each. */
const maxDepth = 8;

/**
 * Common prefixes, up to the next `/`, of the keys after `after`. They may be incomplete or wrong:
 * every key is listed, wherever a listing is divided.
 * @param after null at the start
 */
export type ListPrefixes = (prefix: string, after: string | null) => Promise<readonly string[]>;

export interface SplitOptions {
  /** Prefix of the keys; may be empty. */
  readonly prefix: string;
  /** The range to divide: keys after this (null: from the start), */
  readonly after: string | null;
  /** up to and including this (null: to the end). */
  readonly upTo: string | null;
  /** Maximum number of ranges to make. */
  readonly most: number;
}

/**
 * Returns keys that divide a range into ranges of about as many folders each: inside the range, in
 * ascending order, at most `most - 1`. Descends into a single folder. Returns none if there are no
 * folders.
 */
export async function findSplitPoints(
  listPrefixes: ListPrefixes,
  { prefix, after, upTo, most }: SplitOptions,
): Promise<readonly string[]> {
  let above = prefix;
  for (let depth = 0; depth < maxDepth; depth += 1) {
    const listed = await listPrefixes(above, after);
    // A listing that starts inside a folder may or may not show that folder.
    const all = new Set([...folderOf(after, above), ...listed]);
    const found = [...all].filter((each) => isInRange(each, above, upTo)).toSorted(compareKeys);
    const [first] = found;
    if (first === undefined) return [];
    if (found.length > 1) {
      return firstOfGroups(found, most).filter((each) => after === null || compareKeys(each, after) > 0);
    }
    above = first;
  }
  return [];
}

/** The folder below a prefix that contains a key. */
function folderOf(key: string | null, above: string): readonly string[] {
  const end = key?.startsWith(above) === true ? key.indexOf('/', above.length) : -1;
  return key === null || end < 0 ? [] : [key.slice(0, end + 1)];
}

function isInRange(folder: string, above: string, upTo: string | null): boolean {
  return folder.startsWith(above) && (upTo === null || compareKeys(folder, upTo) < 0);
}

/**
 * The first of each group except the first group, when the folders are put into at most `most`
 * groups.
 */
function firstOfGroups(found: readonly string[], most: number): readonly string[] {
  const groups = Math.min(most, found.length);
  return found.filter((_, index) => index > 0 && groupOf(index) !== groupOf(index - 1));

  function groupOf(index: number): number {
    return Math.floor((index * groups) / found.length);
  }
}
