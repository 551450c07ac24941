import { u32, u32be } from '../../bytes/read.ts';

function write32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value;
  bytes[at + 1] = value >>> 8;
  bytes[at + 2] = value >>> 16;
  bytes[at + 3] = value >>> 24;
}

/**
 * Undoes a filter of UPX: it makes the targets of calls absolute, since they compress better then.
 * Changes the bytes. Filters that are not known leave them.
 * @param mark the byte by which a changed call is recognized
 */
export function unfilter(bytes: Uint8Array, id: number, mark: number, base = 0): void {
  if (id === 0x26 || id === 0x46 || id === 0x49) unfilterX86(bytes, id === 0x49, mark, base);
  else if (id === 0x50 || id === 0x51 || id === 0x52) unfilterArm(bytes, id === 0x52, base);
}

function unfilterX86(bytes: Uint8Array, hasJumps: boolean, mark: number, base: number): void {
  let lastCall = 0;
  for (let at = 0; at + 5 <= bytes.length; at += 1) {
    const code = bytes[at] ?? 0;
    const isCall = code === 0xe8 || code === 0xe9;
    const isJump = hasJumps && (code & 0xf0) === 0x80 && at > 0 && bytes[at - 1] === 0x0f && lastCall !== at;
    if ((!isCall && !isJump) || bytes[at + 1] !== mark) continue;
    write32(bytes, at + 1, (u32be(bytes, at + 1) - mark * 2 ** 24 - at - 1 - base) | 0);
    at += 4;
    lastCall = at + 1;
  }
}

function unfilterArm(bytes: Uint8Array, is64: boolean, base: number): void {
  for (let at = 0; at + 4 <= bytes.length; at += 4) {
    const word = u32(bytes, at);
    const distance = (at + base) >>> 2;
    if (is64 && ((word >>> 26) & 0x1f) === 5)
      write32(bytes, at, (word & 0xfc000000) | ((word - distance) & 0x3ffffff) | 0);
    if (!is64 && ((word >>> 24) & 0x0f) === 0x0b)
      write32(bytes, at, (word & 0xff000000) | ((word - distance) & 0xffffff) | 0);
  }
}
