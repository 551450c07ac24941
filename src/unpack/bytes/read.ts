/** The 16 bits at an offset, little endian. 0 beyond the end. */
export function u16(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
}

/** The 32 bits at an offset, little endian, as an unsigned number. Bytes beyond the end are 0. */
export function u32(bytes: Uint8Array, at: number): number {
  return (u16(bytes, at) | (u16(bytes, at + 2) << 16)) >>> 0;
}

/** The 32 bits at an offset, big endian, as an unsigned number. Bytes beyond the end are 0. */
export function u32be(bytes: Uint8Array, at: number): number {
  return (
    (((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)) >>> 0
  );
}

/** Whether these bytes are at the offset. `expected` has one character per byte. */
export function hasAt(bytes: Uint8Array, expected: string, offset: number): boolean {
  for (let at = 0; at < expected.length; at += 1) {
    if (bytes[offset + at] !== expected.charCodeAt(at)) return false;
  }
  return true;
}

/** The same bytes, without copying them. */
export function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** One character per byte. */
export function latin1(bytes: Uint8Array, from = 0, to = bytes.length): string {
  return bufferOf(bytes).toString('latin1', from, Math.max(from, Math.min(to, bytes.length)));
}

/** Text of two bytes per character, little endian, up to its first NUL. */
export function utf16(bytes: Uint8Array, from = 0, to = bytes.length): string {
  const text = bufferOf(bytes).toString('utf16le', from, from + Math.max(0, (Math.min(to, bytes.length) - from) & ~1));
  const end = text.indexOf('\0');
  return (end === -1 ? text : text.slice(0, end)).toWellFormed();
}

/** Text of one byte per character, up to its first NUL. */
export function cString(bytes: Uint8Array, from: number, maxLength = 260): string {
  const text = latin1(bytes, from, from + maxLength);
  const end = text.indexOf('\0');
  return end === -1 ? text : text.slice(0, end);
}

/**
 * The offsets of a marker, one character per byte, in order. The search of one goes on behind the
 * one before it.
 */
export function* offsetsOf(bytes: Uint8Array, marker: string, from = 0): Generator<number> {
  const buffer = bufferOf(bytes);
  for (
    let at = buffer.indexOf(marker, from, 'latin1');
    at !== -1;
    at = buffer.indexOf(marker, at + marker.length, 'latin1')
  ) {
    yield at;
  }
}
