/** Characters that decide. */
const checkedUnits = 32;

/** Where the low byte of each unit is; null for text that is not UTF-16, as far as its start shows. */
function lowByteOf(bytes: Uint8Array): 0 | 1 | null {
  if (bytes.length < 2 * checkedUnits) return null;
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 0;
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 1;
  const low = bytes[0] === 0 ? 1 : 0;
  for (let at = 0; at < 2 * checkedUnits; at += 2) {
    if (bytes[at + 1 - low] !== 0 || bytes[at + low] === 0) return null;
  }
  return low;
}

/** A text in UTF-16 with one byte per character: scripts are ASCII. Other bytes as they are. */
export function narrowed(bytes: Uint8Array): Uint8Array {
  const low = lowByteOf(bytes);
  if (low === null) return bytes;
  const text = new Uint8Array(bytes.length >> 1);
  for (let at = 0; at < text.length; at += 1) text[at] = bytes[2 * at + low] ?? 0;
  return text;
}
