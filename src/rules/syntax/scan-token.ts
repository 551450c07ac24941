/**
 * Functions that find the end of longer tokens. They use loops instead of regular expressions,
 * which recurse in V8: a string of megabytes is a valid rule. Each takes the start of the token and
 * returns the position after it, or null if it has no end.
 */

/**
 * White space of YARA-X: it excludes form feed and vertical tab, and includes some Unicode spaces.
 */
const space = /[ \t\r\n\u00a0\u2000-\u200a\u202f\u205f]+/y;
const regexpFlags = /[A-Za-z]{0,2}/y;
const hexBody = /[0-9A-Fa-f?~|()[\]\-xo]+/y;

/**
 * Returns the position after all white space and comments from `start` on, and a byte-order mark at
 * the start of the source.
 * @param onComment receives the range of each comment
 */
export function gapEnd(source: string, start: number, onComment?: (start: number, end: number) => void): number {
  let position = start === 0 && source.startsWith('\ufeff') ? 1 : start;
  for (;;) {
    space.lastIndex = position;
    if (space.test(source)) position = space.lastIndex;
    const behind = commentEnd(source, position);
    if (behind === null) return position;
    onComment?.(position, behind);
    position = behind;
  }
}

function commentEnd(source: string, start: number): number | null {
  if (source[start] !== '/') return null;
  if (source[start + 1] === '*') return blockCommentEnd(source, start);
  if (source[start + 1] !== '/') return null;
  const end = source.indexOf('\n', start);
  return end < 0 ? source.length : end;
}

/** Returns the position after the block comment that starts with `/*` at `start`. */
export function blockCommentEnd(source: string, start: number): number | null {
  const end = source.indexOf('*/', start + 2);
  return end < 0 ? null : end + 2;
}

/**
 * Returns the position after the string literal, in three quotes (which may span lines) or in one.
 */
export function stringEnd(source: string, start: number): number | null {
  if (source.startsWith('"""', start)) {
    const close = closing(source, start + 3, '"', { overLines: true });
    if (close !== null && source.startsWith('"""', close)) return close + 3;
    // Otherwise an empty string, followed by another one.
  }
  const close = closing(source, start + 1, '"', { overLines: false });
  return close === null ? null : close + 1;
}

/**
 * Returns the position after the regular expression with its flags. A slash in a character class
 * closes it, as in YARA-X.
 */
export function regexpEnd(source: string, start: number): number | null {
  const first = source[start + 1];
  if (first === '*' || first === '/') return null;
  const close = closing(source, start + 1, '/', { overLines: false });
  if (close === null) return null;
  regexpFlags.lastIndex = close + 1;
  regexpFlags.test(source);
  return regexpFlags.lastIndex;
}

/**
 * Returns the position after the closing brace of the hex pattern; null if it contains anything
 * that is not allowed there.
 */
export function hexPatternEnd(source: string, start: number): number | null {
  let position = start + 1;
  while (position < source.length) {
    position = gapEnd(source, position);
    if (source[position] === '}') return position + 1;
    hexBody.lastIndex = position;
    if (!hexBody.test(source)) return null;
    position = hexBody.lastIndex;
  }
  return null;
}

/** Returns the position of the first `close` from `start` on that no backslash escapes. */
function closing(source: string, start: number, close: string, { overLines }: { overLines: boolean }): number | null {
  for (let position = start; position < source.length; position += 1) {
    const character = source[position];
    if (character === close) return position;
    if (character === '\\') position += 1;
    // A backslash does not escape a line end, even if lines may end there.
    if (source[position] === '\n' && (character === '\\' || !overLines)) return null;
  }
  return null;
}
