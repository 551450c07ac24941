import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { hasCode } from '../../../domain/errors.ts';
import { objectStoreContract } from '../../../ports/object-store.contract.ts';
import { runScript } from '../../../testing/cli/run-script.ts';
import { tempFolder } from '../../../testing/temp-folder.ts';
import { openDatabase } from '../database/database.ts';
import { createSqliteQueue } from '../database/queue.ts';
import { createFolderObjectStore } from './folder-object-store.ts';

function openStore(t: ExecutionContext, folder = tempFolder(t), body = (key: string) => key) {
  const db = openDatabase(join(folder, 'state.db'));
  t.teardown(() => db.close());
  const notify = { queue: 'live', body: (info: { readonly key: string }) => body(info.key) };
  const dir = join(folder, 'corpus');
  return {
    folder,
    dir,
    store: createFolderObjectStore({ db, dir, bucket: 'corpus', notify }),
    queue: createSqliteQueue({ db, name: 'live', visibilityMs: 60_000, maxReceives: 3 }),
  };
}

objectStoreContract(test, (t) => openStore(t).store, { equalContentKeepsVersion: true });

const text = (value: string) => new TextEncoder().encode(value);
const sha256 = (value: string) => createHash('sha256').update(value).digest('hex');

test('each new object version is announced once, with it', async (t) => {
  const { store, queue } = openStore(t);
  await store.put('a', text('1'));
  await store.put('a', text('1'));
  await store.put('a', text('2'));
  t.deepEqual(
    (await queue.receive({ max: 10 })).map(({ body }) => body),
    ['a', 'a'],
  );
});

test('an object that cannot be announced is not stored', async (t) => {
  const { store, queue } = openStore(t, tempFolder(t), () => {
    throw new Error('no message');
  });
  await t.throwsAsync(store.put('a', text('1')), { message: 'no message' });
  t.deepEqual((await store.list({ after: null, limit: 10 })).objects, []);
  t.is((await queue.stats()).visible, 0);
});

test('equal contents under many keys use the space of one', async (t) => {
  const { store, dir } = openStore(t);
  for (let index = 0; index < 5; index += 1) await store.put(`k${index}`, text('same'));
  const blobs = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
  t.is(blobs.length, 1);
});

test('a missing or truncated blob is an error of its object, not a wrong content', async (t) => {
  const { store, dir } = openStore(t);
  const info = await store.put('a', text('12345'));
  const [blob] = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
  writeFileSync(join(blob?.parentPath ?? '', blob?.name ?? ''), '123');
  for (const options of [{ maxBytes: 10 }, { maxBytes: 2, whole: false }]) {
    const error = await t.throwsAsync(store.read(info, options));
    t.true(hasCode(error, 'ERR_OBJECT_CHANGED'));
  }
});

test('a blob with altered bytes is not trusted, and is repaired by storing its content again', async (t) => {
  const { store, dir } = openStore(t);
  const info = await store.put('a', text('12345'));
  t.deepEqual((await store.describe({ key: 'a' })).storedSum, { of: 'whole', sha256: sha256('12345') });
  const [blob] = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
  writeFileSync(join(blob?.parentPath ?? '', blob?.name ?? ''), '54321');
  t.is((await store.describe({ key: 'a' })).storedSum, undefined);
  t.is((await store.read(info, { maxBytes: 10 })).storedSha256, sha256('12345'));
  t.deepEqual(await store.put('a', text('12345')), info, 'the same version');
  t.deepEqual((await store.read(info, { maxBytes: 10 })).bytes, text('12345'));
  t.deepEqual((await store.describe({ key: 'a' })).storedSum, { of: 'whole', sha256: sha256('12345') });
});

test('a FIFO or a link in the place of a blob is an error of its object, at once', async (t) => {
  const { folder, store, dir } = openStore(t);
  const info = await store.put('a', text('12345'));
  const [blob] = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
  const path = join(blob?.parentPath ?? '', blob?.name ?? '');
  rmSync(path);
  execFileSync('mkfifo', [path]);
  await t.throwsAsync(store.read(info, { maxBytes: 10 }), { code: 'ERR_OBJECT_CHANGED' });
  t.is((await store.describe({ key: 'a' })).storedSum, undefined);
  rmSync(path);
  writeFileSync(join(folder, 'same'), '12345');
  symlinkSync(join(folder, 'same'), path);
  await t.throwsAsync(store.read(info, { maxBytes: 10 }), { code: 'ERR_OBJECT_UNSUPPORTED' });
});

test('opening removes the leftovers of dead writers, and nothing that may still be written', (t) => {
  const folder = tempFolder(t);
  const temporary = join(folder, 'corpus', 'tmp');
  mkdirSync(temporary, { recursive: true });
  for (const name of ['old', 'fresh']) writeFileSync(join(temporary, name), 'x');
  const yesterday = Date.now() / 1000 - 86_400;
  utimesSync(join(temporary, 'old'), yesterday, yesterday);
  openStore(t, folder);
  t.deepEqual(readdirSync(temporary), ['fresh']);
});

test('a file system without space is ERR_STORAGE_FULL, and leaves neither object nor leftovers', async (t) => {
  const { folder, store, dir } = openStore(t);
  await store.put('before', text('1'));
  // A limit on file sizes simulates a full disk: 2,048 blocks of 512 or 1,024 bytes. The database
  // stays below it.
  const script = `
    import { openDatabase } from '${import.meta.resolve('../database/database.ts')}';
    import { createFolderObjectStore } from '${import.meta.resolve('./folder-object-store.ts')}';
    const db = openDatabase(process.argv[1] + '/state.db');
    const store = createFolderObjectStore({ db, dir: process.argv[1] + '/corpus', bucket: 'corpus' });
    try { await store.put('big', new Uint8Array(8_000_000)); } catch (error) { console.log(error.code, error.retryable); }
    db.close();
  `;
  const { stdout } = await runScript(script, [folder], { maxFileBlocks: 2048 });
  t.is(stdout, 'ERR_STORAGE_FULL true\n');
  t.deepEqual(
    (await store.list({ after: null, limit: 10 })).objects.map(({ key }) => key),
    ['before'],
  );
  t.deepEqual(readdirSync(join(dir, 'tmp')), []);
});

test('a writer killed at any moment leaves only complete objects, each announced', async (t) => {
  const folder = tempFolder(t);
  const script = `
    import { openDatabase } from '${import.meta.resolve('../database/database.ts')}';
    import { createFolderObjectStore } from '${import.meta.resolve('./folder-object-store.ts')}';
    const db = openDatabase(process.argv[1] + '/state.db');
    const notify = { queue: 'live', body: (info) => info.key };
    const store = createFolderObjectStore({ db, dir: process.argv[1] + '/corpus', bucket: 'corpus', notify });
    await Promise.all([0, 1, 2, 3].map(async (lane) => {
      for (let index = 0; ; index += 1) {
        await store.put(lane + '-' + index, new Uint8Array(100_000 + index).fill(lane * 50 + (index % 50)));
        process.stdout.write('.');
      }
    }));
  `;
  const { stdout } = await runScript(script, [folder], { killAfterOutput: 40 });
  t.true(stdout.length >= 40);
  t.true(existsSync(join(folder, 'state.db')));
  const { store, queue } = openStore(t, folder);
  const { objects } = await store.list({ after: null, limit: 10_000 });
  t.true(objects.length >= stdout.length, 'what was said to be stored is stored');
  for (const info of objects) {
    const { bytes } = await store.read(info, { maxBytes: 1e6 });
    t.true(bytes.every((byte) => byte === bytes[0]));
    t.is(bytes.length, 100_000 + Number(info.key.split('-')[1]));
  }
  t.is((await queue.stats()).visible, objects.length);
});
