import { createHash, randomBytes } from 'node:crypto';
import type { ExecutionContext, TestFn } from 'ava';
import { type ErrorCode, hasCode } from '../domain/errors.ts';
import type { ObjectFilter, ObjectInfo } from '../domain/objects/object.ts';
import type { ObjectReader, ObjectStore } from './object-store.ts';

/** A reader under test, and a way to put objects into its store. */
export interface ReaderUnderTest {
  readonly reader: ObjectReader;
  /** Creates or replaces an object; the name is relative, with `/`. Returns its key. */
  place(name: string, bytes: Uint8Array): Promise<string>;
}

const text = (value: string) => new TextEncoder().encode(value);

/** Tests that every `ObjectReader` passes. `makeAdapter` returns one without objects. */
export function objectReaderContract(
  test: TestFn,
  makeAdapter: (t: ExecutionContext) => Promise<ReaderUnderTest> | ReaderUnderTest,
): void {
  test('objects: an object is read as it was put, into its own buffer', async (t) => {
    const { reader, place } = await makeAdapter(t);
    for (const bytes of [text('hello'), new Uint8Array(), new Uint8Array(randomBytes(300_000))]) {
      const key = await place(`size-${bytes.length}`, bytes);
      const info = await reader.head({ key });
      t.like(info, { bucket: reader.bucket, key, size: bytes.length });
      t.is(new Date(info.arrivedAt).toISOString(), info.arrivedAt);
      const content = await reader.read(info, { maxBytes: 300_000 });
      t.deepEqual(content.bytes, new Uint8Array(bytes));
      t.is(content.bytes.buffer.byteLength, bytes.length);
      t.like(content, info);
    }
  });

  test('objects: an object above the limit is refused, and one at the limit is not', async (t) => {
    const { reader, place } = await makeAdapter(t);
    const info = await reader.head({ key: await place('a', text('12345')) });
    await throwsCode(t, reader.read(info, { maxBytes: 4 }), 'ERR_OBJECT_TOO_LARGE');
    t.is((await reader.read(info, { maxBytes: 5 })).bytes.length, 5);
  });

  test('objects: the first part of an object above the limit is read on request, and marked as a part', async (t) => {
    const { reader, place } = await makeAdapter(t);
    const bytes = new Uint8Array(randomBytes(300_000));
    const info = await reader.head({ key: await place('a', bytes) });
    for (const maxBytes of [1, 4096, 299_999]) {
      const content = await reader.read(info, { maxBytes, whole: false });
      t.deepEqual(content.bytes, bytes.slice(0, maxBytes));
      t.is(content.bytes.buffer.byteLength, maxBytes, 'no more memory is taken');
      t.like(content, info);
    }
    await throwsCode(t, reader.read(info, { maxBytes: 299_999, whole: true }), 'ERR_OBJECT_TOO_LARGE');
  });

  test('objects: an object within the limit is read completely, even if a part was allowed', async (t) => {
    const { reader, place } = await makeAdapter(t);
    for (const bytes of [text(''), text('1'), text('12345')]) {
      const info = await reader.head({ key: await place(`size-${bytes.length}`, bytes) });
      const content = await reader.read(info, { maxBytes: 5, whole: false });
      t.deepEqual(content.bytes, bytes);
      t.like(content, info);
    }
  });

  test('objects: a part comes from the requested version, or none is read', async (t) => {
    const { reader, place } = await makeAdapter(t);
    const info = await reader.head({ key: await place('a', text('aaaaaaaa')) });
    await place('a', text('bbbbbbbbbbb'));
    const read = await reader.read(info, { maxBytes: 4, whole: false }).catch((error: unknown) => error);
    // A store that keeps versions has the earlier one.
    if (read instanceof Error) t.true(hasCode(read, 'ERR_OBJECT_CHANGED') || hasCode(read, 'ERR_OBJECT_GONE'));
    else t.like(read, { ...info, bytes: text('aaaa') });
  });

  test('objects: a missing object is gone', async (t) => {
    const { reader, place } = await makeAdapter(t);
    const key = `${await place('a', text('1'))}-not`;
    const ref = { bucket: reader.bucket, key, version: '1' };
    await throwsCode(t, reader.head({ key }), 'ERR_OBJECT_GONE');
    for (const whole of [true, false]) await throwsCode(t, reader.read(ref, { maxBytes: 9, whole }), 'ERR_OBJECT_GONE');
  });

  test('objects: another content is another version', async (t) => {
    const { reader, place } = await makeAdapter(t);
    const key = await place('a', text('one'));
    const first = await reader.head({ key });
    await place('a', text('three'));
    t.not((await reader.head({ key })).version, first.version);
  });

  test('objects: pages list each object once, in a stable order, within the requested size', async (t) => {
    const { reader, place } = await makeAdapter(t);
    const names = [
      'a/1',
      'a/2',
      'a-b',
      'a',
      'b/c/d',
      'b/c0',
      'B',
      'ü',
      '\u{1f600}',
      '\uff5e',
      'z z+%41',
      'new\nline',
      'back\\slash',
    ];
    // `a` is a folder elsewhere: objects of a file system cannot have both.
    const keys = await Promise.all(names.filter((name) => name !== 'a').map((name) => place(name, text(name))));
    let reference: readonly string[] | undefined;
    for (const limit of [1, 2, 5, 1000]) {
      const listed = (await listAll(t, reader, limit)).map(({ key }) => key);
      t.deepEqual(listed.toSorted(), keys.toSorted());
      reference ??= listed;
      t.deepEqual(listed, reference);
    }
  });

  test('objects: listed objects are known to head and read', async (t) => {
    const { reader, place } = await makeAdapter(t);
    await place('x/a', text('1'));
    await place('x/b', text('22'));
    for (const info of await listAll(t, reader, 10)) {
      t.deepEqual(await reader.head(info), info);
      t.is((await reader.read(info, { maxBytes: 10 })).bytes.length, info.size);
    }
  });

  test('objects: changes between pages affect no other object', async (t) => {
    const { reader, place } = await makeAdapter(t);
    const keys = await Promise.all(['b', 'd', 'f', 'h'].map((name) => place(name, text(name))));
    const first = await reader.list({ after: null, limit: 2 });
    await place('a', text('before'));
    await place('g', text('after'));
    const listed = [...first.objects, ...(await listAll(t, reader, 2, {}, first.next))].map(({ key }) => key);
    t.deepEqual(
      listed.filter((key) => keys.includes(key)),
      keys,
    );
  });

  test('objects: a listing is filtered by prefix, size, time and patterns', async (t) => {
    const { reader, place } = await makeAdapter(t);
    const one = await place('in/one', text('1'));
    const three = await place('in/three', text('333'));
    await place('inn', text('4444'));
    const base = one.slice(0, -'one'.length);
    const keys = async (filter: ObjectFilter) => (await listAll(t, reader, 1, filter)).map(({ key }) => key);
    t.deepEqual(await keys({ prefix: base }), [one, three]);
    t.deepEqual(await keys({ prefix: `${base}th` }), [three]);
    t.deepEqual(await keys({ prefix: `${base}zzz` }), []);
    t.deepEqual(await keys({ prefix: base, minBytes: 1, maxBytes: 1 }), [one]);
    t.deepEqual(await keys({ prefix: base, exclude: ['thr*'] }), [one]);
    t.deepEqual(await keys({ exclude: ['in*'] }), []);
    const { arrivedAt } = await reader.head({ key: one });
    t.true((await keys({ arrivedAfter: arrivedAt })).includes(one));
    t.false((await keys({ arrivedBefore: arrivedAt })).includes(one));
  });

  test('objects: an empty store lists nothing', async (t) => {
    const { reader } = await makeAdapter(t);
    t.deepEqual(await reader.list({ after: null, limit: 10 }), { objects: [], problems: [], next: null });
  });
}

export interface ObjectStoreContractOptions {
  /**
   * True if equal content on the latest version creates no new version. S3 always creates one.
   * Default: false.
   */
  readonly equalContentKeepsVersion?: boolean;
  /**
   * False if only the latest version of a key is kept and listed, as in S3 buckets without
   * versioning. Default: true.
   */
  readonly keepsVersions?: boolean;
}

/**
 * Tests that every `ObjectStore` passes, in addition to those of a reader. `makeAdapter` returns an
 * empty one.
 */
export function objectStoreContract(
  test: TestFn,
  makeAdapter: (t: ExecutionContext) => Promise<ObjectStore> | ObjectStore,
  { equalContentKeepsVersion = false, keepsVersions = true }: ObjectStoreContractOptions = {},
): void {
  objectReaderContract(test, async (t) => {
    const store = await makeAdapter(t);
    return { reader: store, place: async (name, bytes) => (await store.put(name, bytes)).key };
  });

  test('store: metadata is returned with the content', async (t) => {
    const store = await makeAdapter(t);
    const info = await store.put('a', text('1'), { metadata: { filepath: 'C:\\x.exe', source: 'edr' } });
    t.deepEqual((await store.read(info, { maxBytes: 9 })).metadata, { filepath: 'C:\\x.exe', source: 'edr' });
    const plain = await store.put('b', text('1'));
    t.deepEqual((await store.read(plain, { maxBytes: 9 })).metadata, {});
  });

  test('store: a description has the fields of head, and the metadata', async (t) => {
    const store = await makeAdapter(t);
    const metadata = { filepath: '/srv/ü\\x', sha256: 'ab'.repeat(32) };
    const info = await store.put('a', text('1'), { metadata });
    const storedSum = { of: 'whole' as const, sha256: createHash('sha256').update('1').digest('hex') };
    t.deepEqual(
      await store.describe({ key: 'a' }),
      { ...info, metadata, storedSum },
      'what the uploader says is one thing',
    );
    t.deepEqual(await store.describe(info), { ...info, metadata, storedSum });
    const { metadata: none, storedSum: _, ...plain } = await store.describe(await store.put('b', text('')));
    t.deepEqual(none, {});
    t.deepEqual(plain, await store.head({ key: 'b' }));
    await throwsCode(t, store.describe({ key: 'not' }), 'ERR_OBJECT_GONE');
    await throwsCode(t, store.describe({ key: 'a', version: 'no-such' }), 'ERR_OBJECT_GONE');
  });

  const keptVersions = keepsVersions
    ? 'store: earlier versions stay readable, and the latest is the one without a version'
    : 'store: the latest version, which is the one without a version, is never returned for an earlier one';
  test(keptVersions, async (t) => {
    const store = await makeAdapter(t);
    const infos: ObjectInfo[] = [];
    for (let index = 0; index < 12; index += 1) infos.push(await store.put('a', text(`v${index}`)));
    t.is(new Set(infos.map(({ version }) => version)).size, 12);
    const kept = keepsVersions ? infos : infos.slice(-1);
    for (const [index, info] of infos.entries()) {
      if (!kept.includes(info)) {
        await throwsCode(t, store.head(info), 'ERR_OBJECT_CHANGED');
        await throwsCode(t, store.read(info, { maxBytes: 9 }), 'ERR_OBJECT_CHANGED');
        continue;
      }
      t.deepEqual((await store.read(info, { maxBytes: 9 })).bytes, text(`v${index}`));
      t.deepEqual(await store.head(info), info);
    }
    t.is((await store.head({ key: 'a' })).version, infos.at(-1)?.version ?? '');
    t.deepEqual(
      (await listAll(t, store, 5)).map(({ version }) => version).sort(),
      kept.map(({ version }) => version).sort(),
    );
    await throwsCode(t, store.head({ key: 'a', version: 'no-such' }), 'ERR_OBJECT_GONE');
  });

  if (equalContentKeepsVersion) {
    test('store: equal content and metadata keep the version, different ones do not', async (t) => {
      const store = await makeAdapter(t);
      const first = await store.put('a', text('1'), { metadata: { filepath: 'x' } });
      t.deepEqual(await store.put('a', text('1'), { metadata: { filepath: 'x' } }), first);
      t.not((await store.put('a', text('1'), { metadata: { filepath: 'y' } })).version, first.version);
      t.not((await store.put('b', text('1'))).key, first.key);
    });
  }

  test('store: a stream is stored like the bytes it yields', async (t) => {
    const store = await makeAdapter(t);
    const chunks = Array.from({ length: 50 }, () => new Uint8Array(randomBytes(7000)));
    const info = await store.put('a', stream(chunks));
    t.is(info.size, 350_000);
    t.deepEqual((await store.read(info, { maxBytes: 1e6 })).bytes, new Uint8Array(Buffer.concat(chunks)));
  });

  test('store: a stream that breaks leaves no object', async (t) => {
    const store = await makeAdapter(t);
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield text('half');
      throw new Error('the source broke');
    }
    await t.throwsAsync(store.put('a', broken()), { message: /the source broke/ });
    await throwsCode(t, store.head({ key: 'a' }), 'ERR_OBJECT_GONE');
    t.deepEqual((await store.list({ after: null, limit: 10 })).objects, []);
  });

  test('store: ifAbsent fails if the key exists, and lets one of several writers through', async (t) => {
    const store = await makeAdapter(t);
    const results = await Promise.allSettled(
      ['1', '2', '3'].map((each) => store.put('a', text(each), { ifAbsent: true })),
    );
    t.is(results.filter(({ status }) => status === 'fulfilled').length, 1);
    for (const each of results) if (each.status === 'rejected') t.true(hasCode(each.reason, 'ERR_CONFLICT'));
    await throwsCode(t, store.put('a', text('4'), { ifAbsent: true }), 'ERR_CONFLICT');
    t.is((await listAll(t, store, 10)).length, 1);
  });

  test('store: keys are well-formed text of 1 to 1,024 bytes', async (t) => {
    const store = await makeAdapter(t);
    for (const key of ['', 'a'.repeat(1025), `${'ü'.repeat(512)}x`, 'lone\ud800']) {
      await throwsCode(t, store.put(key, text('1')), 'ERR_CONFIG');
    }
    for (const key of ['a'.repeat(1024), 'ü'.repeat(512), '../../etc/passwd', '/', 'a//b', ' ']) {
      t.is((await store.head({ key: (await store.put(key, text('1'))).key })).key, key);
    }
  });
}

async function listAll(
  t: ExecutionContext,
  reader: ObjectReader,
  limit: number,
  filter: ObjectFilter = {},
  start: string | null = null,
): Promise<readonly ObjectInfo[]> {
  const all: ObjectInfo[] = [];
  for (let after = start; ; ) {
    const page = await reader.list({ filter, after, limit });
    t.true(page.objects.length + page.problems.length <= limit);
    all.push(...page.objects);
    if (page.next === null) return all;
    after = page.next;
  }
}

async function throwsCode(t: ExecutionContext, promise: Promise<unknown>, code: ErrorCode): Promise<void> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  t.true(hasCode(error, code), `expected ${code}, got ${String(error)}`);
}

async function* stream(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield chunk;
}
