/**
 * Returns whether a pattern matches a complete list. The time is at most proportional to the
 * product of their lengths, whatever they contain.
 * @param isAny which parts of the pattern match any number of items, including none
 * @param fits whether any other part of the pattern matches this one item
 */
function fitsWildcard(
  pattern: readonly string[],
  items: readonly string[],
  isAny: (part: string) => boolean,
  fits: (part: string, item: string) => boolean,
): boolean {
  let at = 0;
  let next = 0;
  // Where to continue if a part does not match. Only the last "any" has to be retried with more
  // items: earlier ones took no more than necessary.
  let retry: { readonly at: number; readonly next: number } | null = null;
  for (let item = items[next]; item !== undefined; item = items[next]) {
    const part = pattern[at];
    if (part !== undefined && isAny(part)) {
      at += 1;
      retry = { at, next };
    } else if (part !== undefined && fits(part, item)) {
      at += 1;
      next += 1;
    } else {
      if (retry === null) return false;
      retry = { at: retry.at, next: retry.next + 1 };
      ({ at, next } = retry);
    }
  }
  return pattern.slice(at).every(isAny);
}

/** Returns whether a text matches a pattern in which each `*` matches any characters. */
export function fitsText(pattern: string, text: string): boolean {
  return fitsWildcard(
    [...pattern],
    [...text],
    (part) => part === '*',
    (part, character) => part === character,
  );
}

/**
 * Returns whether a path matches a pattern, both with `/` between their parts. `*` matches any
 * characters within a part, and a part `**` any number of parts, including none. No other character
 * is special.
 */
export function fitsPath(pattern: string, path: string): boolean {
  return fitsWildcard(pattern.split('/'), path.split('/'), (part) => part === '**', fitsText);
}

/**
 * Returns whether a path that matches the pattern may be a root or below it.
 * @param root a file, a folder or an S3 URL, with or without a slash at its end
 */
export function mayLieBelow(pattern: string, root: string): boolean {
  const parts = pattern.split('/');
  for (const [index, part] of root.replace(/\/$/, '').split('/').entries()) {
    const wanted = parts[index];
    if (wanted === '**') return true;
    if (wanted === undefined || !fitsText(wanted, part)) return false;
  }
  return true;
}

/** Like `fitsText`, and each `?` matches one character. */
export function fitsName(pattern: string, text: string): boolean {
  return fitsWildcard(
    [...pattern],
    [...text],
    (part) => part === '*',
    (part, character) => part === '?' || part === character,
  );
}

/** Like `fitsPath`, for split paths, and each `?` matches one character. */
export function fitsParts(pattern: readonly string[], parts: readonly string[]): boolean {
  return fitsWildcard(pattern, parts, (part) => part === '**', fitsName);
}
