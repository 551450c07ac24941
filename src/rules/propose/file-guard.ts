/** First bytes of kinds of files, as a condition tests them: cheaply, before any string. */
const guards: readonly { readonly magic: readonly number[]; readonly condition: string }[] = [
  { magic: [0x7f, 0x45, 0x4c, 0x46], condition: 'uint32(0) == 0x464c457f' },
  { magic: [0x25, 0x50, 0x44, 0x46], condition: 'uint32(0) == 0x46445025' },
  { magic: [0x50, 0x4b, 0x03, 0x04], condition: 'uint32(0) == 0x04034b50' },
  { magic: [0xd0, 0xcf, 0x11, 0xe0], condition: 'uint32(0) == 0xe011cfd0' },
  { magic: [0xca, 0xfe, 0xba, 0xbe], condition: 'uint32(0) == 0xbebafeca' },
  { magic: [0xcf, 0xfa, 0xed, 0xfe], condition: 'uint32(0) == 0xfeedfacf' },
  { magic: [0x7b, 0x5c, 0x72, 0x74], condition: 'uint32(0) == 0x74725c7b' },
  { magic: [0x4d, 0x5a], condition: 'uint16(0) == 0x5a4d' },
  { magic: [0x23, 0x21], condition: 'uint16(0) == 0x2123' },
];

/** The condition on the first bytes that all samples fulfil; null if they are of no known kind, or of several. */
export function commonGuard(heads: readonly Uint8Array[]): string | null {
  const fits = (head: Uint8Array, magic: readonly number[]) => magic.every((byte, at) => head[at] === byte);
  return guards.find(({ magic }) => heads.length > 0 && heads.every((head) => fits(head, magic)))?.condition ?? null;
}

const leastKilobytes = 4;

/** A limit for `filesize` that leaves room for variants: twice the largest size, rounded up, and at least 4 KB. */
export function sizeLimit(largest: number): string {
  const kilobytes = Math.max(leastKilobytes, Math.ceil((2 * largest) / 1024));
  if (kilobytes >= 2048) return `${Math.ceil(kilobytes / 1024)}MB`;
  const unit = kilobytes >= 100 ? 50 : kilobytes >= 10 ? 5 : 1;
  return `${Math.ceil(kilobytes / unit) * unit}KB`;
}
