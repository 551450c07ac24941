import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  closeSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { type ErrorCode, hasCode } from '../../../domain/errors.ts';
import { decodePath, encodePath } from '../../../domain/objects/path-key.ts';
import { objectReaderContract } from '../../../ports/object-store.contract.ts';
import type { ObjectReader } from '../../../ports/object-store.ts';
import { runScript } from '../../../testing/cli/run-script.ts';
import { tempFolder } from '../../../testing/temp-folder.ts';
import { createPathObjectReader } from './path-object-store.ts';

objectReaderContract(test, (t) => {
  const dir = tempFolder(t);
  return {
    reader: createPathObjectReader({ bucket: 'file', roots: [dir] }),
    async place(name, bytes) {
      const path = join(dir, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, bytes);
      return encodePath(Buffer.from(path));
    },
  };
});

const readerOf = (...roots: string[]) => createPathObjectReader({ bucket: 'file', roots });
const keysOf = async (reader: ObjectReader) =>
  (await reader.list({ after: null, limit: 1000 })).objects.map(({ key }) => key);

async function throwsCode(t: ExecutionContext, promise: Promise<unknown>, code: ErrorCode): Promise<void> {
  const error = await t.throwsAsync(promise, { any: true });
  t.true(hasCode(error, code), String(error));
}

test('files whose names are not UTF-8 are listed and read', async (t) => {
  const dir = tempFolder(t);
  const path = Buffer.concat([Buffer.from(`${dir}/a`), Buffer.from([0xff, 0xfe]), Buffer.from('\\xff')]);
  writeFileSync(path, 'hello');
  const reader = readerOf(dir);
  const [info] = (await reader.list({ after: null, limit: 10 })).objects;
  t.is(info?.key, `${dir}/a\\xff\\xfe\\\\xff`);
  t.deepEqual(decodePath(info?.key ?? ''), path);
  if (info !== undefined) t.is((await reader.read(info, { maxBytes: 5 })).bytes.length, 5);
  // A prefix may end inside an escaped byte.
  for (const prefix of [`${dir}/a\\`, `${dir}/a\\x`, `${dir}/a\\xff\\xf`, `${dir}/a\\xff\\xfe\\`]) {
    t.is((await reader.list({ filter: { prefix }, after: null, limit: 10 })).objects.length, 1, prefix);
  }
});

test('overlapping roots list each file once, whatever their order and the links to them', async (t) => {
  const dir = tempFolder(t);
  mkdirSync(join(dir, 'a/b'), { recursive: true });
  mkdirSync(join(dir, 'a.b'));
  for (const name of ['a/1', 'a/b/2', 'a.b/3']) writeFileSync(join(dir, name), name);
  symlinkSync(join(dir, 'a'), join(dir, 'link'));
  const expected = ['a/1', 'a/b/2', 'a.b/3'].map((name) => join(dir, name));
  t.deepEqual(await keysOf(readerOf(dir)), expected);
  t.deepEqual(
    await keysOf(readerOf(join(dir, 'a/b'), dir, join(dir, 'a'), join(dir, 'link'), `${dir}/a.b/../a`)),
    expected,
  );
  t.deepEqual(await keysOf(readerOf(join(dir, 'link'))), expected.slice(0, 2));
  t.deepEqual(await keysOf(readerOf(join(dir, 'a.b'), join(dir, 'a/1'))), [join(dir, 'a/1'), join(dir, 'a.b/3')]);
});

test('links below a root are problems and not followed, and circles do no harm', async (t) => {
  const dir = tempFolder(t);
  const elsewhere = tempFolder(t);
  writeFileSync(join(elsewhere, 'secret'), 'x');
  mkdirSync(join(dir, 'sub'));
  writeFileSync(join(dir, 'sub/file'), 'x');
  symlinkSync(elsewhere, join(dir, 'out'));
  symlinkSync('..', join(dir, 'sub/up'));
  symlinkSync('nowhere', join(dir, 'dangling'));
  symlinkSync(join(dir, 'sub/file'), join(dir, 'same'));
  const reader = readerOf(dir);
  t.deepEqual(
    await reader
      .list({ after: null, limit: 10 })
      .then(({ objects, problems }) => [
        objects.map(({ key }) => key),
        problems.map(({ key, reason }) => [key, reason]),
      ]),
    [
      [join(dir, 'sub/file')],
      ['dangling', 'out', 'same', 'sub/up'].map((each) => [join(dir, each), 'not_a_regular_file']),
    ],
  );
  await throwsCode(t, reader.head({ key: join(dir, 'same') }), 'ERR_OBJECT_UNSUPPORTED');
  await throwsCode(
    t,
    reader.read({ bucket: 'file', key: join(dir, 'same'), version: '1' }, { maxBytes: 9 }),
    'ERR_OBJECT_UNSUPPORTED',
  );
});

test('FIFOs and sockets are reported at their position and never waited for', async (t) => {
  const dir = tempFolder(t);
  writeFileSync(join(dir, 'a'), 'x');
  execFileSync('mkfifo', [join(dir, 'fifo')]);
  const server = createServer().listen(join(dir, 'socket'));
  await new Promise((resolve) => server.once('listening', resolve));
  t.teardown(() => server.close());
  const reader = readerOf(dir);
  const page = await reader.list({ after: null, limit: 10 });
  t.deepEqual(
    page.problems.map(({ key, reason }) => [key, reason]),
    [
      [join(dir, 'fifo'), 'not_a_regular_file'],
      [join(dir, 'socket'), 'not_a_regular_file'],
    ],
  );
  t.is(page.objects.length, 1);
  for (const name of ['fifo', 'socket', '.']) {
    await throwsCode(
      t,
      reader.read({ bucket: 'file', key: join(dir, name), version: '1' }, { maxBytes: 9 }),
      'ERR_OBJECT_UNSUPPORTED',
    );
  }
});

test('a folder or file without read permission is a problem, not missing', async (t) => {
  const dir = tempFolder(t);
  chmodSync(dir, 0o755);
  mkdirSync(join(dir, 'closed'), { mode: 0o700 });
  writeFileSync(join(dir, 'closed/file'), 'x');
  writeFileSync(join(dir, 'private'), 'x', { mode: 0o600 });
  const script = `
    import { createPathObjectReader } from '${import.meta.resolve('./path-object-store.ts')}';
    const reader = createPathObjectReader({ bucket: 'file', roots: [process.argv[1]] });
    const { objects, problems } = await reader.list({ after: null, limit: 10 });
    const codes = await Promise.all(objects.map((each) => reader.read(each, { maxBytes: 9 }).catch((error) => [error.code, error.retryable])));
    console.log(JSON.stringify([problems.map(({ key, reason }) => [key, reason]), codes]));
  `;
  const isRoot = process.getuid?.() === 0;
  if (!isRoot) for (const name of ['closed', 'private']) chmodSync(join(dir, name), 0o000);
  const { stdout } = await runScript(script, [dir], isRoot ? { uid: 65_534 } : {});
  if (!isRoot) chmodSync(join(dir, 'closed'), 0o700);
  t.deepEqual(JSON.parse(stdout), [[[join(dir, 'closed'), 'denied']], [['ERR_OBJECT_DENIED', true]]]);
});

test('a root that does not exist (any more) is an error and never an empty corpus', async (t) => {
  const dir = join(tempFolder(t), 'corpus');
  const error = t.throws(() => readerOf(dir));
  t.true(hasCode(error, 'ERR_CONFIG') && error.message.includes(dir));
  mkdirSync(dir);
  const reader = readerOf(dir);
  t.deepEqual(await keysOf(reader), []);
  rmSync(dir, { recursive: true });
  await throwsCode(t, reader.list({ after: null, limit: 10 }), 'ERR_CONFIG');
});

test('a large sparse file above the limit is refused before memory is allocated', async (t) => {
  const path = join(tempFolder(t), 'sparse');
  closeSync(openSync(path, 'w'));
  truncateSync(path, 64 * 2 ** 30);
  const reader = readerOf(dirname(path));
  const info = await reader.head({ key: path });
  t.is(info.size, 64 * 2 ** 30);
  await throwsCode(t, reader.read(info, { maxBytes: 2 ** 28 }), 'ERR_OBJECT_TOO_LARGE');
});

test.serial(
  'the first part of a file is read without memory for the rest, and a change of the rest is noticed',
  async (t) => {
    const part = 64 * 2 ** 20;
    const path = join(tempFolder(t), 'sparse');
    closeSync(openSync(path, 'w'));
    truncateSync(path, 64 * 2 ** 30);
    const reader = readerOf(dirname(path));
    const info = await reader.head({ key: path });
    const before = process.memoryUsage().arrayBuffers;
    const read = reader.read(info, { maxBytes: part, whole: false }).catch((error: unknown) => error);
    let settled = false;
    void read.then(() => {
      settled = true;
    });
    // The buffer exists once the file has been examined; its bytes do not yet.
    while (!settled && process.memoryUsage().arrayBuffers < before + part / 2) await setImmediate();
    t.false(settled);
    t.true(process.memoryUsage().arrayBuffers < before + 2 * part);
    appendFileSync(path, 'x');
    t.true(hasCode(await read, 'ERR_OBJECT_CHANGED'));
  },
);

test('a file that changed since it was listed is not read instead', async (t) => {
  const dir = tempFolder(t);
  const path = join(dir, 'a');
  const reader = readerOf(dir);
  const changes: Record<string, () => void> = {
    written: () => writeFileSync(path, 'other'),
    shorter: () => truncateSync(path, 1),
    'replaced, with its time set back': () => {
      writeFileSync(join(dir, 'b'), 'evil!');
      utimesSync(join(dir, 'b'), 1, 1);
      renameSync(join(dir, 'b'), path);
    },
  };
  for (const [name, change] of Object.entries(changes)) {
    writeFileSync(path, 'hello');
    utimesSync(path, 1, 1);
    const info = await reader.head({ key: path });
    change();
    for (const options of [{ maxBytes: 100 }, { maxBytes: 1, whole: false }]) {
      const error = await t.throwsAsync(reader.read(info, options), undefined, name);
      t.true(hasCode(error, 'ERR_OBJECT_CHANGED') && error.retryable, name);
    }
  }
});

test('no modification time prevents a file from being listed', async (t) => {
  const dir = tempFolder(t);
  const times = ['@-2000000000', '@0', '@15032385535', '@999999999999999'];
  for (const [index, time] of times.entries()) {
    writeFileSync(join(dir, String(index)), 'x');
    execFileSync('touch', ['-d', time, join(dir, String(index))]);
  }
  const { objects, problems } = await readerOf(dir).list({ after: null, limit: 10 });
  t.deepEqual(problems, []);
  t.is(objects.length, times.length);
  for (const { arrivedAt } of objects) t.regex(arrivedAt, /^\d{4}-/);
});

test('pages are the same from one continuing reader and from new readers', async (t) => {
  const dir = tempFolder(t);
  for (let index = 0; index < 150; index += 1) {
    mkdirSync(join(dir, `d${index % 7}`), { recursive: true });
    writeFileSync(join(dir, `d${index % 7}`, `f${index}`), 'x');
    if (index % 5 === 0) writeFileSync(join(dir, `d${index % 7}.${index}`), 'x');
  }
  const kept = readerOf(dir);
  let after: string | null = null;
  let count = 0;
  do {
    const page: Awaited<ReturnType<ObjectReader['list']>> = await kept.list({ after, limit: 13 });
    t.deepEqual(await readerOf(dir).list({ after, limit: 13 }), page);
    // Another walk in between makes the kept one find its position again.
    if (count % 2 === 0) await kept.list({ after: null, limit: 1 });
    count += page.objects.length;
    after = page.next;
  } while (after !== null);
  t.is(count, 180);
});
