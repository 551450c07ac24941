import { createHash, randomBytes } from 'node:crypto';
import { HeadObjectCommand } from '@aws-sdk/client-s3';
import test from 'ava';
import fc from 'fast-check';
import { hasCode } from '../../../domain/errors.ts';
import type { ObjectInfo } from '../../../domain/objects/object.ts';
import { objectStoreContract } from '../../../ports/object-store.contract.ts';
import type { ObjectStore } from '../../../ports/object-store.ts';
import { runs } from '../../../testing/runs.ts';
import { startS3Emulator } from '../../../testing/s3/s3-emulator.ts';
import { createS3ObjectStore } from './s3-object-store.ts';

objectStoreContract(test, async (t) => createS3ObjectStore(await startS3Emulator(t)), { keepsVersions: false });

const text = (value: string) => new TextEncoder().encode(value);
const mebibyte = 2 ** 20;

async function listAll(store: ObjectStore, limit: number): Promise<readonly ObjectInfo[]> {
  const all: ObjectInfo[] = [];
  for (let after: string | null = null; ; ) {
    const page: Awaited<ReturnType<ObjectStore['list']>> = await store.list({ after, limit });
    all.push(...page.objects);
    if (page.next === null) return all;
    after = page.next;
  }
}

async function* inChunks(content: Uint8Array, chunkBytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < content.length; at += chunkBytes) yield content.subarray(at, at + chunkBytes);
}

test('every legal key is stored, read and listed under its own name', async (t) => {
  const store = createS3ObjectStore(await startS3Emulator(t));
  const odd = [
    ' ',
    '+',
    '%',
    '%2F',
    '%25',
    'a b+c%41',
    '/lead',
    '//',
    'a//',
    '.',
    '..',
    'a/../b',
    '?x=1&y#z',
    '<&>"\'',
    '\\',
  ];
  const controls = [
    '\0',
    '\x01\x1f\x7f',
    'a\r\nb',
    '\t',
    '\u0085\u2028',
    '\ufffe\uffff',
    '\u{10ffff}',
    'e\u0301',
    '\u00e9',
  ];
  const keys = [
    ...odd,
    ...controls,
    '\ufeffbom',
    '__proto__',
    ';a=b,c',
    'ü'.repeat(512),
    '%'.repeat(1024),
    '\u{1f600}'.repeat(256),
  ];
  for (const key of keys) {
    const info = await store.put(key, text(key));
    t.is(info.key, key);
    t.deepEqual((await store.read(info, { maxBytes: 2000 })).bytes, text(key));
  }
  const inOrder = keys.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  for (const limit of [1, 7, 5000])
    t.deepEqual(
      (await listAll(store, limit)).map(({ key }) => key),
      inOrder,
    );
  const { objects } = await store.list({ filter: { prefix: 'a b+' }, after: null, limit: 10 });
  t.deepEqual(
    objects.map(({ key }) => key),
    ['a b+c%41'],
  );
});

test('metadata is restored, whatever characters it has', async (t) => {
  const store = createS3ObjectStore(await startS3Emulator(t));
  const name = fc.string({ minLength: 1, maxLength: 10 }).map((each) => each.toLowerCase());
  const value = fc.string({ unit: 'binary', maxLength: 50 });
  await fc.assert(
    fc.asyncProperty(fc.dictionary(name, value, { maxKeys: 3 }), async (metadata) => {
      const info = await store.put('a', text('1'), { metadata });
      t.deepEqual((await store.read(info, { maxBytes: 1 })).metadata, { ...metadata });
    }),
    { numRuns: runs(40) },
  );
});

test('an object above 5 MiB is uploaded in parts and restored completely, with its metadata', async (t) => {
  const { client, bucket } = await startS3Emulator(t);
  const store = createS3ObjectStore({ client, bucket });
  const sent: string[] = [];
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      (each) => {
        sent.push(commandName);
        return next(each);
      },
    { step: 'initialize' },
  );
  for (const size of [5 * mebibyte, 5 * mebibyte + 1, 10 * mebibyte, 12 * mebibyte - 1]) {
    const content = new Uint8Array(randomBytes(size));
    for (const each of [content, inChunks(content, 700_000)]) {
      sent.length = 0;
      const info = await store.put('big', each, { metadata: { filepath: 'ü' } });
      const parts = size > 5 * mebibyte ? Math.ceil(size / (5 * mebibyte)) : 0;
      t.is(sent.filter((command) => command === 'UploadPartCommand').length, parts);
      t.is(sent.filter((command) => command === 'PutObjectCommand').length, parts === 0 ? 1 : 0);
      t.is(info.size, size);
      const read = await store.read(info, { maxBytes: size });
      t.is(Buffer.compare(read.bytes, content), 0);
      t.deepEqual(read.metadata, { filepath: 'ü' });
      const head = new HeadObjectCommand({ Bucket: bucket, Key: 'big', ChecksumMode: 'ENABLED' });
      const { ChecksumSHA256: checksum = '' } = await client.send(head);
      if (parts === 0) t.is(checksum, createHash('sha256').update(content).digest('base64'));
      else t.regex(checksum, new RegExp(`=-${parts}$`));
    }
  }
});

test('a stream that breaks after its first parts leaves nothing, and its own error is thrown', async (t) => {
  const { client, bucket } = await startS3Emulator(t);
  const store = createS3ObjectStore({ client, bucket });
  const aborted: unknown[] = [];
  client.middlewareStack.add(
    (next, { commandName }) =>
      (each) => {
        if (commandName === 'AbortMultipartUploadCommand') aborted.push(each.input);
        return next(each);
      },
    { step: 'initialize' },
  );
  const broken = Object.assign(new Error('the source broke'), { code: 'ECONNRESET' });
  async function* source(): AsyncGenerator<Uint8Array> {
    yield new Uint8Array(11 * mebibyte);
    throw broken;
  }
  t.is(await t.throwsAsync(store.put('a', source())), broken);
  t.is(aborted.length, 1);
  t.deepEqual(await listAll(store, 10), []);
});

test('an overwritten object is not read instead of the requested one', async (t) => {
  const store = createS3ObjectStore(await startS3Emulator(t));
  const info = await store.put('a', text('one'));
  await store.put('a', text('two'));
  for (const step of [() => store.read(info, { maxBytes: 9 }), () => store.head(info)]) {
    const error = await t.throwsAsync(step());
    t.true(hasCode(error, 'ERR_OBJECT_CHANGED') && error.retryable);
  }
});

test('objects that are refused for their size, or read in part, hold no connection', async (t) => {
  const store = createS3ObjectStore(await startS3Emulator(t));
  const content = new Uint8Array(randomBytes(4 * mebibyte));
  const info = await store.put('a', content);
  // Twice as often as the client has connections.
  for (let index = 0; index < 50; index += 1) {
    const error = await t.throwsAsync(store.read(info, { maxBytes: 1000 }));
    t.true(hasCode(error, 'ERR_OBJECT_TOO_LARGE') && error.message.includes(String(4 * mebibyte)));
    const options = { maxBytes: 1000, whole: false };
    const part = await store.read(info, options);
    t.deepEqual(part.bytes, content.slice(0, 1000));
    t.is(part.size, content.length);
  }
  t.is((await store.read(info, { maxBytes: content.length })).bytes.length, content.length);
});

test('if the key exists, ifAbsent sends no content', async (t) => {
  const store = createS3ObjectStore(await startS3Emulator(t));
  await store.put('a', text('1'), { ifAbsent: true });
  let pulled = false;
  async function* source(): AsyncGenerator<Uint8Array> {
    pulled = true;
    yield text('2');
  }
  t.true(hasCode(await t.throwsAsync(store.put('a', source(), { ifAbsent: true })), 'ERR_CONFLICT'));
  t.false(pulled);
});
