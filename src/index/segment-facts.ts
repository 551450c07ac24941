import { type Facts, headBytes } from '../rules/requirement/facts.ts';
import { unknownFacts } from './indexed-object.ts';

/** Which facts of a column are known: a bit for size, head and SHA-256, and one for the MD5. */
const knownBit = 1;
const md5Bit = 2;
const md5Bytes = 16;
const hashBytes = md5Bytes + 32;

/** Sizes, what is known, and first bytes: for each, the values of all columns. */
export function encodeStarts(facts: readonly Facts[]): Uint8Array {
  const columns = facts.length;
  const bytes = new Uint8Array(columns * (8 + 1 + 1 + headBytes));
  const { sizes, known, headLengths, heads } = startsOf(bytes, columns);
  for (const [column, { size, head, md5, sha256 }] of facts.entries()) {
    if (size === null || head === null || sha256 === null) continue;
    sizes[column] = size;
    known[column] = md5 === null ? knownBit : knownBit | md5Bit;
    headLengths[column] = head.length;
    heads.set(head, column * headBytes);
  }
  return bytes;
}

/** MD5 and SHA-256 of each column. */
export function encodeHashes(facts: readonly Facts[]): Uint8Array {
  const bytes = Buffer.alloc(facts.length * hashBytes);
  for (const [column, { md5, sha256 }] of facts.entries()) {
    bytes.write(md5 ?? '', column * hashBytes, 'hex');
    bytes.write(sha256 ?? '', column * hashBytes + md5Bytes, 'hex');
  }
  return bytes;
}

function startsOf({ buffer, byteOffset }: Uint8Array, columns: number) {
  return {
    sizes: new Float64Array(buffer, byteOffset, columns),
    known: new Uint8Array(buffer, byteOffset + columns * 8, columns),
    headLengths: new Uint8Array(buffer, byteOffset + columns * 9, columns),
    heads: new Uint8Array(buffer, byteOffset + columns * 10, columns * headBytes),
  };
}

/**
 * Returns a function that shows the facts of a column, in the same object each time: a query looks
 * at those of thousands. Without their section, hashes are not known.
 */
export function createFactsView(
  columns: number,
  starts: Uint8Array,
  hashes: Uint8Array | null,
): (column: number) => Facts {
  const { sizes, known, headLengths, heads } = startsOf(starts, columns);
  const hashText = hashes === null ? null : Buffer.from(hashes.buffer, hashes.byteOffset, hashes.length);
  let at = 0;
  const view: Facts = {
    get size() {
      return sizes[at] ?? null;
    },
    get head() {
      return heads.subarray(at * headBytes, at * headBytes + (headLengths[at] ?? 0));
    },
    get md5() {
      if (hashText === null || ((known[at] ?? 0) & md5Bit) === 0) return null;
      return hashText.toString('hex', at * hashBytes, at * hashBytes + md5Bytes);
    },
    get sha256() {
      return hashText === null ? null : hashText.toString('hex', at * hashBytes + md5Bytes, (at + 1) * hashBytes);
    },
  };
  return (column) => {
    at = column;
    return ((known[column] ?? 0) & knownBit) !== 0 ? view : unknownFacts;
  };
}
