import { createHash } from 'node:crypto';
import test from 'ava';
import { hasCode } from '../../domain/errors.ts';
import { uploadPartBytes } from '../../domain/objects/content-sum.ts';
import { backoffMs } from './upload-backoff.ts';
import { checkedContent, hashContent } from './upload-content.ts';

const { signal } = new AbortController();
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

async function* pieces(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const each of texts) yield Buffer.from(each);
}

async function drain(source: AsyncIterable<Uint8Array>): Promise<string> {
  let text = '';
  for await (const each of source) text += Buffer.from(each).toString();
  return text;
}

test('a content is hashed in pieces', async (t) => {
  t.is((await hashContent(pieces('ab', '', 'c'), { path: 'p', size: 3, signal })).sha256, sha256('abc'));
  t.is((await hashContent(pieces(), { path: 'p', size: 0, signal })).sha256, sha256(''));
});

test('the parts of a content are those of an upload, wherever its pieces end', async (t) => {
  const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();
  for (const size of [1, uploadPartBytes, uploadPartBytes + 1, 2 * uploadPartBytes + 7]) {
    const content = Buffer.alloc(size, 'content');
    async function* inPieces(): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < size; at += 1_000_003) yield content.subarray(at, at + 1_000_003);
    }
    const parts: Buffer[] = [];
    for (let at = 0; at < size; at += uploadPartBytes) parts.push(digest(content.subarray(at, at + uploadPartBytes)));
    const { partsSha256 } = await hashContent(inPieces(), { path: 'p', size, signal });
    t.is(partsSha256, digest(Buffer.concat(parts)).toString('hex'), `${size}`);
  }
});

test('the content that was hashed passes, and its bytes are counted', async (t) => {
  let sent = 0;
  const onBytes = (bytes: number) => {
    sent += bytes;
  };
  const content = checkedContent(pieces('ab', 'c'), sha256('abc'), { path: 'p', size: 3, signal, onBytes });
  t.is(await drain(content.pieces), 'abc');
  t.is(content.failure(), undefined);
  t.is(sent, 3);
});

test('a changed content breaks off with an error', async (t) => {
  const options = { path: 'p', size: 3, signal, onBytes: () => undefined };
  for (const texts of [['abd'], ['ab'], ['abc', 'd'], []]) {
    const content = checkedContent(pieces(...texts), sha256('abc'), options);
    const error = await t.throwsAsync(drain(content.pieces));
    t.true(hasCode(error, 'ERR_OBJECT_CHANGED') && error.retryable);
    t.is(content.failure(), error);
  }
});

test('a file that grows forever is read only far enough to detect it', async (t) => {
  let read = 0;
  async function* growing(): AsyncGenerator<Uint8Array> {
    for (;;) {
      read += 1;
      yield Buffer.alloc(10);
    }
  }
  const error = await t.throwsAsync(hashContent(growing(), { path: 'p', size: 25, signal }));
  t.true(hasCode(error, 'ERR_OBJECT_CHANGED'));
  t.is(read, 3);
});

test('the signal breaks reading off', async (t) => {
  const options = { path: 'p', size: 3, signal: AbortSignal.abort() };
  await t.throwsAsync(hashContent(pieces('abc'), options), { name: 'AbortError' });
  await t.throwsAsync(hashContent(pieces(), { ...options, size: 0 }), { name: 'AbortError' });
});

test('the wait before the next try doubles, is spread over a half, and has a bound', (t) => {
  t.deepEqual(
    [1, 2, 3].map((attempt) => backoffMs(attempt, () => 0)),
    [100, 200, 400],
  );
  t.deepEqual(
    [1, 2, 3].map((attempt) => backoffMs(attempt, () => 1)),
    [200, 400, 800],
  );
  t.is(
    backoffMs(50, () => 1),
    10_000,
  );
});
