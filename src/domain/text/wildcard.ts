/**
 * Whether a pattern fits a list as a whole, in time that grows with the product of their lengths and no faster, whatever either holds.
 * @param isAny which parts of the pattern stand for any number of items, none included
 * @param fits whether another part of the pattern stands for this one item
 */
function fitsWildcard(
  pattern: readonly string[],
  items: readonly string[],
  isAny: (part: string) => boolean,
  fits: (part: string, item: string) => boolean,
): boolean {
  let at = 0;
  let next = 0;
  // Where to go on when a part does not fit. Only the last "any" has to be tried with more: those before it took no more than they had to.
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

/** Whether a text fits a pattern in which each `*` stands for any characters. */
export function fitsText(pattern: string, text: string): boolean {
  return fitsWildcard(
    [...pattern],
    [...text],
    (part) => part === '*',
    (part, character) => part === character,
  );
}

/**
 * Whether a path fits a pattern, both with `/` between their parts: `*` stands for any characters within a part, and a part `**` for any number of
 * parts, none included. Nothing else is special.
 */
export function fitsPath(pattern: string, path: string): boolean {
  return fitsWildcard(pattern.split('/'), path.split('/'), (part) => part === '**', fitsText);
}

/**
 * Whether a path that fits the pattern may be a root, or lie below it.
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

/** As `fitsText`, and each `?` stands for one character. */
export function fitsName(pattern: string, text: string): boolean {
  return fitsWildcard(
    [...pattern],
    [...text],
    (part) => part === '*',
    (part, character) => part === '?' || part === character,
  );
}

/** As `fitsPath`, of parts, and each `?` stands for one character. */
export function fitsParts(pattern: readonly string[], parts: readonly string[]): boolean {
  return fitsWildcard(pattern, parts, (part) => part === '**', fitsName);
}
