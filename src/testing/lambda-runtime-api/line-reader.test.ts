import { PassThrough } from 'node:stream';
import test from 'ava';
import fc from 'fast-check';
import { readLines } from './line-reader.ts';

test('lines are complete, however the stream was cut', async (t) => {
  const line = fc.string({ unit: fc.constantFrom('a', 'ü', '🦠', ' ') });
  await fc.assert(
    fc.asyncProperty(fc.array(line), fc.array(fc.nat(20)), async (lines, cuts) => {
      const stream = new PassThrough();
      const read: string[] = [];
      const reader = readLines(stream, (each) => read.push(each));
      let bytes = Buffer.from(lines.map((each) => `${each}\n`).join(''));
      for (const cut of cuts) {
        stream.write(bytes.subarray(0, cut));
        bytes = bytes.subarray(cut);
      }
      stream.end(bytes);
      await reader.readUntil('END RequestId: 1');
      t.deepEqual(read, lines);
    }),
  );
});

test('a mark is awaited, is not a line itself, and ends the line before it', async (t) => {
  const stream = new PassThrough();
  const read: string[] = [];
  const reader = readLines(stream, (each) => read.push(each));
  const first = reader.readUntil('END RequestId: 1');
  stream.write('one\ntwoEND RequestId: 1\nthree\nEND RequestId: 2\n');
  await first;
  await reader.readUntil('END RequestId: 2');
  t.deepEqual(read, ['one', 'two', 'three']);
  stream.end('END RequestId: 1\nno end');
  await reader.readUntil('END RequestId: 1');
  await reader.readUntil('END RequestId: 3');
  t.deepEqual(read, ['one', 'two', 'three', 'no end']);
});
