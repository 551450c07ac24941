/**
 * The text, or its beginning and end as far as they fit. A line between them has the number of
 * omitted characters.
 */
export function clipMiddle(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const gap = (omitted: number) => `\n… ${omitted} characters left out …\n`;
  // The longest that the line can be.
  const kept = maxLength - gap(text.length).length;
  const head = text.slice(0, Math.ceil(kept / 2)).replace(/[\ud800-\udbff]$/, '');
  const tail = text.slice(text.length - Math.floor(kept / 2)).replace(/^[\udc00-\udfff]/, '');
  return `${head}${gap(text.length - head.length - tail.length)}${tail}`;
}
