/**
 * Where the longer tokens end. Loops rather than regular expressions: those recurse in V8, and a string of megabytes is a valid rule.
 * Each function takes the position where the token begins and gives the one behind it, or null where it has no end.
 */

/** White space of YARA-X: form feed and vertical tab are none, some spaces of Unicode are. */
const space = /[ \t\r\n\u00a0\u2000-\u200a\u202f\u205f]+/y;
const regexpFlags = /[A-Za-z]{0,2}/y;
const hexBody = /[0-9A-Fa-f?~|()[\]\-xo]+/y;

/**
 * Behind all white space and comments from `start` on, and a byte-order mark at the beginning of the source.
 * @param onComment takes the place of each comment
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

/** Behind the block comment that begins with `/*` at `start`. */
export function blockCommentEnd(source: string, start: number): number | null {
  const end = source.indexOf('*/', start + 2);
  return end < 0 ? null : end + 2;
}

/** Behind the string literal, in three quotes (which may span lines) or in one. */
export function stringEnd(source: string, start: number): number | null {
  if (source.startsWith('"""', start)) {
    const close = closing(source, start + 3, '"', { overLines: true });
    if (close !== null && source.startsWith('"""', close)) return close + 3;
    // Else an empty string, with another one behind it.
  }
  const close = closing(source, start + 1, '"', { overLines: false });
  return close === null ? null : close + 1;
}

/** Behind the regular expression with its flags. A slash in a character class closes it, as in YARA-X. */
export function regexpEnd(source: string, start: number): number | null {
  const first = source[start + 1];
  if (first === '*' || first === '/') return null;
  const close = closing(source, start + 1, '/', { overLines: false });
  if (close === null) return null;
  regexpFlags.lastIndex = close + 1;
  regexpFlags.test(source);
  return regexpFlags.lastIndex;
}

/** Behind the closing brace of the hex pattern; null where something stands in it that belongs in none. */
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

/** Position of the first `close` from `start` on that no backslash escapes. */
function closing(source: string, start: number, close: string, { overLines }: { overLines: boolean }): number | null {
  for (let position = start; position < source.length; position += 1) {
    const character = source[position];
    if (character === close) return position;
    if (character === '\\') position += 1;
    // A backslash escapes no line end, not even where lines may end.
    if (source[position] === '\n' && (character === '\\' || !overLines)) return null;
  }
  return null;
}
