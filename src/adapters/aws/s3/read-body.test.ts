import { Readable } from 'node:stream';
import test from 'ava';
import { hasCode } from '../../../domain/errors.ts';
import { readBody } from './read-body.ts';

const bodyOf = (...chunks: string[]) => Readable.from(chunks.map((each) => Buffer.from(each)));
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();

test('a body is read completely or in its first part, into its own buffer', async (t) => {
  for (const [length, expected] of [
    [6, 'abcdef'],
    [3, 'abc'],
    [2, 'ab'],
    [0, ''],
  ] as const) {
    const body = bodyOf('abc', 'def');
    const bytes = await readBody(body, { what: 'x', length, size: 6, stallMs: 1000 });
    t.is(text(bytes), expected);
    t.is(bytes.buffer.byteLength, length);
    t.true(body.destroyed);
  }
  t.is(text(await readBody(bodyOf(), { what: 'x', length: 0, size: 0, stallMs: 1000 })), '');
});

test('a body that is shorter or longer than announced is refused', async (t) => {
  for (const body of [bodyOf('abc', 'de'), bodyOf(), bodyOf('abc', 'defg'), bodyOf('abcdef', 'g')]) {
    const error = await t.throwsAsync(readBody(body, { what: 'x', length: 6, size: 6, stallMs: 1000 }));
    t.true(hasCode(error, 'ERR_UNAVAILABLE') && error.retryable, String(error));
  }
});
