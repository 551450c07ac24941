import { crc32 } from 'node:zlib';

/** A stored block of deflate without its content: five bytes, as every instruction here has. */
function literal(bytes: number): Buffer {
  const block = Buffer.alloc(5);
  block.writeUInt16LE(bytes, 1);
  block.writeUInt16LE(~bytes & 0xffff, 3);
  return block;
}

/** Blocks that repeat the last 20 or 18 bytes: two copies with fixed codes. */
const repeat20 = Buffer.from('428821c400', 'hex');
const repeat18 = Buffer.from('828bc04500', 'hex');
/** Ten bytes, and a name of five. */
const header = Buffer.from('1f8b080800000000000373656c6600', 'hex');
const lastBlock = Buffer.from('010000ffff', 'hex');

/** A gzip that holds itself, forever. After https://research.swtch.com/zip. */
export function quineGzip(): Buffer {
  const [none, one, four] = [literal(0), literal(5), literal(20)];
  const write = (checksum: number): Buffer => {
    const tail = Buffer.concat([lastBlock, Buffer.alloc(8)]);
    tail.writeUInt32LE(checksum >>> 0, 5);
    const start = [header, four, header, four, repeat20, one, repeat20, one, one];
    const middle = [four, repeat20, one, one, four, repeat20, four, repeat20, four, repeat20, four, repeat20];
    const end = [four, repeat20, none, none, literal(18), repeat20, none, none];
    const bytes = Buffer.concat([...start, ...middle, ...end, literal(18), repeat18, tail, repeat18, tail]);
    for (const behind of [4, 22]) bytes.writeUInt32LE(bytes.length, bytes.length - behind);
    return bytes;
  };
  return write(fixedPoint((checksum) => crc32(write(checksum))));
}

/**
 * Solves `f(x) = x` for a function of 32 bits in which each bit of the result is a sum of bits of
 * the argument, and of one.
 */
function fixedPoint(f: (value: number) => number): number {
  const constant = f(0);
  // Rows of the equations: bits of x, and the right side.
  const columns = Array.from({ length: 32 }, (_, bit) => f(2 ** bit) ^ constant ^ (1 << bit));
  const rows = Array.from({ length: 32 }, (_, bit) => ({
    left: columns.reduce((row, column, at) => row | (((column >>> bit) & 1) << at), 0),
    right: (constant >>> bit) & 1,
  }));
  for (let bit = 0; bit < 32; bit += 1) {
    const pivot = rows.findIndex(({ left }, at) => at >= bit && ((left >>> bit) & 1) === 1);
    const [found, other] = [rows[pivot], rows[bit]];
    if (found === undefined || other === undefined) throw new Error('There is no such value.');
    rows[pivot] = other;
    rows[bit] = found;
    for (const [at, row] of rows.entries()) {
      if (at !== bit && ((row.left >>> bit) & 1) === 1) {
        row.left ^= found.left;
        row.right ^= found.right;
      }
    }
  }
  return rows.reduce((value, { right }, bit) => value | (right << bit), 0) >>> 0;
}
