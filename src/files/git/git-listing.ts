/** An entry of a tree, as `git ls-tree -z -l` prints it. */
export interface ListedEntry {
  /** Six octal digits: https://git-scm.com/docs/git-fast-import#_filemodify. */
  readonly mode: string;
  readonly oid: string;
  /** 0 for whatever is not a file. */
  readonly bytes: number;
  /** Below the tree; Git does not define its encoding. */
  readonly name: Buffer;
}

/**
 * Parses `<mode> <type> <oid> <size, padded>\t<name>\0`, see
 * https://git-scm.com/docs/git-ls-tree#_output_format.
 */
export function readListing(listing: Buffer): ListedEntry[] {
  const entries: ListedEntry[] = [];
  for (let at = 0; at < listing.length; ) {
    const tab = listing.indexOf('\t', at);
    const end = listing.indexOf(0, tab);
    const [mode = '', , oid = '', size = ''] = listing.toString('latin1', at, tab).split(/ +/);
    entries.push({ mode, oid, bytes: Number(size) || 0, name: listing.subarray(tab + 1, end) });
    at = end + 1;
  }
  return entries;
}

/**
 * Parses `<oid> <type> <size>\n<content>\n` for each object, see
 * https://git-scm.com/docs/git-cat-file#_batch_output.
 * @returns the contents in the order of `oids`; null for one that is missing or is not a file
 */
export function readBatch(output: Buffer, oids: readonly string[]): (Buffer | null)[] {
  let at = 0;
  return oids.map((oid) => {
    const end = output.indexOf('\n', at);
    const [name, type, size] = end < 0 || at < 0 ? [] : output.toString('latin1', at, end).split(' ');
    if (name !== oid || type !== 'blob') {
      at = type === 'missing' ? end + 1 : -1;
      return null;
    }
    const start = end + 1;
    at = start + Number(size) + 1;
    return output.subarray(start, at - 1);
  });
}
