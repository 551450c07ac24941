const word = 'suppress:';
/** Codes of Rearview have a slash and hyphens, those of the engine are words. */
const code = /\s*([\w/-]+)/y;
const comma = /\s*,/y;

/**
 * Returns the codes of warnings that a comment suppresses: `suppress: <code>`, or several codes
 * with commas between.
 */
export function suppressedCodes(comment: string): readonly string[] {
  const codes: string[] = [];
  for (let at = comment.indexOf(word); at >= 0; at = comment.indexOf(word, at)) {
    at += word.length;
    for (let goesOn = true; goesOn; ) {
      code.lastIndex = at;
      const found = code.exec(comment)?.[1];
      if (found === undefined) break;
      codes.push(found);
      comma.lastIndex = code.lastIndex;
      goesOn = comma.test(comment);
      at = goesOn ? comma.lastIndex : code.lastIndex;
    }
  }
  return codes;
}

/**
 * Returns the reason in a comment that suppresses warnings: the text after ` -- `. Empty if there is
 * none.
 */
export function suppressionReason(comment: string): string {
  const [, reason = ''] = /\s--+\s(.*)$/s.exec(comment) ?? [];
  return reason.replace(/\*\/$/, '').trim();
}
