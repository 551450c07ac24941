/** Stands for what was left out. */
const mark = '…';

/**
 * Leaves out the middle of a text, at whole characters.
 *
 * @param maxBytes at most, in UTF-8; at least those of the mark
 * @param headBytes of the beginning that stay, at most
 * @param instead replaces the middle. Default: `…`
 */
export function shortenMiddle(text: string, maxBytes: number, headBytes: number, instead: string = mark): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= maxBytes) return text;
  const left = maxBytes - Buffer.byteLength(instead);
  let head = Math.max(0, Math.floor(Math.min(headBytes, left)));
  while (isContinuation(bytes[head])) head -= 1;
  let tail = bytes.length - Math.max(0, left - head);
  while (isContinuation(bytes[tail])) tail += 1;
  return `${bytes.subarray(0, head).toString()}${instead}${bytes.subarray(tail).toString()}`;
}

/** Whether it is a byte of a UTF-8 character other than the first. */
function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && byte >> 6 === 0b10;
}
