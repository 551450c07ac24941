/** Bytes of a hex pattern. */
const length = 16;
/** Distinct bytes that such a pattern needs: others occur in many files. */
const leastDistinct = 11;
/** Places of the first sample that are tried. */
const places = 4096;

/**
 * Collects sequences of 16 varied bytes that all samples have, one sample at a time. The first one
 * decides which are tried.
 */
export interface CommonBytes {
  add(bytes: Uint8Array): void;
  /** At most `count`, spread over the first sample. */
  list(count: number): readonly Uint8Array[];
}

export function createCommonBytes(): CommonBytes {
  let found: readonly Buffer[] | null = null;
  return {
    add(bytes) {
      const sample = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
      if (found === null) found = variedPieces(sample);
      else found = found.filter((piece) => sample.includes(piece));
    },
    list(count) {
      const all = found ?? [];
      const step = Math.max(1, all.length / count);
      return Array.from({ length: Math.min(count, all.length) }, (_, at) => all[Math.floor(at * step)] ?? Buffer.of());
    },
  };
}

/** How many other samples look for each piece: reading one costs as much as all of its bytes. */
const mostPieces = 64;

function variedPieces(sample: Buffer): readonly Buffer[] {
  const step = Math.max(length, Math.floor(sample.length / places));
  const pieces: Buffer[] = [];
  for (let at = 0; at + length <= sample.length; at += step) {
    const piece = sample.subarray(at, at + length);
    if (new Set(piece).size >= leastDistinct && !isText(piece)) pieces.push(Buffer.from(piece));
  }
  const every = Math.max(1, Math.ceil(pieces.length / mostPieces));
  return pieces.filter((_, at) => at % every === 0);
}

function isText(piece: Buffer): boolean {
  return piece.every((byte) => (byte >= 0x20 && byte <= 0x7e) || byte === 0x0a || byte === 0x0d || byte === 0x09);
}
