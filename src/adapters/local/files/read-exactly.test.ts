import test from 'ava';
import { readExactly } from './read-exactly.ts';

test('no read is of 2^31 bytes or more, whatever the size of the file', async (t) => {
  const reads: (readonly [position: number, length: number])[] = [];
  const file = {
    // Its pages are not touched, so the buffer uses no memory.
    async read(_: Uint8Array, offset: number, length: number, position: number) {
      t.is(offset, position);
      reads.push([position, length]);
      return { bytesRead: length };
    },
  };
  const size = 2 ** 31 + 5;
  t.is((await readExactly(file, size, 'k')).length, size);
  t.deepEqual(
    reads.reduce((sum, [, length]) => sum + length, 0),
    size,
  );
  t.true(reads.every(([, length]) => length < 2 ** 31));
});
