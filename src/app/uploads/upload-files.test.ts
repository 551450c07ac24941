import { createHash, randomBytes } from 'node:crypto';
import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { createS3ObjectStore } from '../../adapters/aws/s3/s3-object-store.ts';
import { createSqliteUploadJournal } from '../../adapters/local/database/upload-journal.ts';
import { createFolderObjectStore } from '../../adapters/local/files/folder-object-store.ts';
import { localFiles } from '../../adapters/local/files/local-files.ts';
import { resolveRoot, walkPaths } from '../../adapters/local/files/walk-paths.ts';
import { type ErrorCode, hasCode, RearviewError } from '../../domain/errors.ts';
import type { ObjectInfo } from '../../domain/objects/object.ts';
import { keyBelow } from '../../domain/objects/upload-key.ts';
import type { FileSource } from '../../ports/file-source.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { tempDatabase } from '../../testing/local/temp-database.ts';
import { startS3Emulator } from '../../testing/s3/s3-emulator.ts';
import { tempFolder } from '../../testing/temp-folder.ts';
import type { UploadClock } from './upload-backoff.ts';
import { type UploadFilesOptions, uploadFiles } from './upload-files.ts';
import type { UploadFile, UploadReport } from './upload-report.ts';

const sha256 = (content: string | Uint8Array) => createHash('sha256').update(content).digest('hex');
const mebibyte = 2 ** 20;

interface Rig {
  readonly dir: string;
  readonly store: ObjectStore;
  /** Uploads the folder; answers what became of each file, by key. */
  run(options?: Partial<UploadFilesOptions>): Promise<Readonly<Record<string, UploadReport>>>;
  /** A journal without entries, from now on. */
  loseJournal(): void;
  /** Files that were opened since it was asked last. */
  opened(): readonly string[];
  /** Milliseconds of the pauses between tries. */
  readonly pauses: number[];
  versions(): Promise<readonly ObjectInfo[]>;
}

/** A clock by which all files were written a minute ago: newer ones are not remembered. */
function clockOf(pauses: number[]): UploadClock {
  return {
    now: () => Date.now() + 60_000,
    random: () => 0,
    pause: async (ms) => void pauses.push(ms),
  };
}

function rig(t: ExecutionContext, store: ObjectStore): Rig {
  const dir = tempFolder(t);
  const db = tempDatabase(t);
  const pauses: number[] = [];
  const opened: string[] = [];
  let journals = 0;
  const source: FileSource = {
    ...localFiles,
    open(location) {
      opened.push(
        Buffer.from(location)
          .toString()
          .slice(dir.length + 1),
      );
      return localFiles.open(location);
    },
  };
  async function* files(): AsyncGenerator<UploadFile> {
    const root = await resolveRoot(dir, '/');
    for await (const file of walkPaths([root])) {
      yield { ...file, key: keyBelow({ root: root.location, location: file.location }) };
    }
  }
  return {
    dir,
    store,
    pauses,
    loseJournal() {
      journals += 1;
    },
    opened: () => opened.splice(0).sort(),
    async run(options = {}) {
      const reports: Record<string, UploadReport> = {};
      const sums = await uploadFiles({
        ...{ files: files(), source, store, metadata: {}, clock: clockOf(pauses) },
        journal: createSqliteUploadJournal({ db, target: String(journals) }),
        report: async (report) => {
          t.false(report.key in reports, 'one report a file');
          reports[report.key] = report;
        },
        ...options,
      });
      const counted = sums.uploaded + sums.present + sums.unchanged + sums.planned + sums.failed;
      t.is(counted, Object.keys(reports).length);
      return reports;
    },
    async versions() {
      const { objects } = await store.list({ after: null, limit: 1000 });
      return objects;
    },
  };
}

function folderStore(t: ExecutionContext): ObjectStore {
  return createFolderObjectStore({ db: tempDatabase(t), dir: tempFolder(t), bucket: 'corpus' });
}

const stores = {
  folder: async (t: ExecutionContext) => folderStore(t),
  s3: async (t: ExecutionContext) =>
    createS3ObjectStore({ ...(await startS3Emulator(t, { versioned: true })), versioned: true }),
} as const;

const statuses = (reports: Readonly<Record<string, UploadReport>>) =>
  Object.fromEntries(Object.entries(reports).map(([key, { status }]) => [key, status]));

for (const [name, makeStore] of Object.entries(stores)) {
  test(`${name}: files arrive complete, with their origin and type`, async (t) => {
    const { dir, store, run } = rig(t, await makeStore(t));
    mkdirSync(join(dir, 'b'));
    const big = randomBytes(11 * mebibyte + 1);
    writeFileSync(join(dir, 'a ü\\'), 'one');
    writeFileSync(join(dir, 'b', 'big'), big);
    writeFileSync(join(dir, 'b', 'empty'), '');
    const reports = await run({ metadata: { host: 'h', filepath: 'C:\\x', source: 'edr' } });
    t.deepEqual(statuses(reports), { 'a ü\\\\': 'uploaded', 'b/big': 'uploaded', 'b/empty': 'uploaded' });
    const { metadata, ...info } = await store.describe({ key: 'b/big' });
    t.like(reports['b/big'], { version: info.version, size: big.length, sha256: sha256(big) });
    t.is(Buffer.compare((await store.read(info, { maxBytes: big.length })).bytes, big), 0);
    const { mtime = '', ...rest } = metadata;
    t.deepEqual(rest, { filepath: 'C:\\x', host: 'h', source: 'edr', sha256: sha256(big) });
    t.is(new Date(mtime).toISOString(), mtime);
  });

  test(`${name}: without another origin given, filepath is the absolute path`, async (t) => {
    const { dir, store, run } = rig(t, await makeStore(t));
    writeFileSync(Buffer.concat([Buffer.from(`${dir}/`), Buffer.from([0xff])]), 'x');
    t.deepEqual(statuses(await run()), { '\\xff': 'uploaded' });
    t.is((await store.describe({ key: '\\xff' })).metadata['filepath'], `${dir}/\\xff`);
  });

  test(`${name}: no file is refused for its name, however long and in which script`, async (t) => {
    const { dir, store, run } = rig(t, await makeStore(t));
    const folders = [['数'.repeat(80), '据'.repeat(79)].join('/'), Array(15).fill('文'.repeat(80)).join('/')];
    for (const folder of folders) {
      mkdirSync(join(dir, folder), { recursive: true });
      writeFileSync(join(dir, folder, 'invoice.pdf.exe'), folder);
    }
    const reports = await run({ metadata: { host: 'web-1', collector: 'rearview/0.1.0' } });
    t.deepEqual(
      Object.values(reports).map(({ status }) => status),
      ['uploaded', 'uploaded'],
    );
    for (const { key } of Object.values(reports)) {
      t.true(Buffer.byteLength(key) <= 1024 && key.endsWith('/invoice.pdf.exe'));
      const { metadata } = await store.describe({ key });
      const filepath = metadata['filepath'] ?? '';
      t.true(filepath.startsWith(dir.slice(0, 20)) && filepath.endsWith('/invoice.pdf.exe'), filepath);
      const whole = folders.map((folder) => join(dir, folder, 'invoice.pdf.exe'));
      if (!whole.includes(filepath)) t.true(whole.map(sha256).includes(metadata['filepath-sha256'] ?? ''));
    }
    t.deepEqual(new Set(Object.values(await run()).map(({ status }) => status)), new Set(['unchanged']));
  });

  test(`${name}: a second run reads and requests nothing; a changed file creates a new version`, async (t) => {
    const { dir, store, run, opened, versions } = rig(t, await makeStore(t));
    for (const each of ['a', 'b', 'c']) writeFileSync(join(dir, each), each);
    await run();
    t.deepEqual(opened(), ['a', 'b', 'c']);
    const silent = { ...store, describe: () => Promise.reject(new Error('asked')) };
    t.deepEqual(statuses(await run({ store: silent })), { a: 'unchanged', b: 'unchanged', c: 'unchanged' });
    t.deepEqual(opened(), []);
    appendFileSync(join(dir, 'b'), '!');
    t.like(await run(), { a: { status: 'unchanged' }, b: { status: 'uploaded', sha256: sha256('b!'), size: 2 } });
    t.deepEqual(opened(), ['b']);
    t.deepEqual((await versions()).map(({ key }) => key).sort(), ['a', 'b', 'b', 'c']);
  });

  test(`${name}: without the journal, files are known by their SHA-256, and from then on by the journal`, async (t) => {
    const { dir, run, opened, loseJournal, versions } = rig(t, await makeStore(t));
    for (const each of ['a', 'b']) writeFileSync(join(dir, each), each);
    writeFileSync(join(dir, 'in-parts'), randomBytes(11 * mebibyte));
    const before = await run();
    loseJournal();
    opened();
    const after = await run();
    t.deepEqual(statuses(after), { a: 'present', b: 'present', 'in-parts': 'present' });
    t.like(after['a'], { sha256: sha256('a'), version: (await versions()).find(({ key }) => key === 'a')?.version });
    t.like(before['a'], { version: (await versions()).find(({ key }) => key === 'a')?.version });
    t.deepEqual(opened(), ['a', 'b', 'in-parts']);
    t.deepEqual(statuses(await run()), { a: 'unchanged', b: 'unchanged', 'in-parts': 'unchanged' });
    t.is((await versions()).length, 3);
  });

  test(`${name}: a file does not count as uploaded because the metadata of another uploader claims its content`, async (t) => {
    const { dir, store, run } = rig(t, await makeStore(t));
    const large = Buffer.alloc(11 * mebibyte, 'evil');
    for (const [key, content] of [
      ['small', Buffer.from('evil')],
      ['large', large],
    ] as const) {
      writeFileSync(join(dir, key), content);
      // As long as the file, and harmless.
      await store.put(key, Buffer.alloc(content.length, 'good'), { metadata: { sha256: sha256(content) } });
    }
    t.deepEqual(statuses(await run()), { small: 'uploaded', large: 'uploaded' });
    const { bytes } = await store.read(await store.head({ key: 'large' }), { maxBytes: large.length });
    t.is(Buffer.compare(bytes, large), 0);
  });

  test(`${name}: --verify uploads files that the target has lost, and --force those that it has`, async (t) => {
    const { dir, store, run, versions } = rig(t, await makeStore(t));
    for (const each of ['a', 'b']) writeFileSync(join(dir, each), each);
    await run();
    await store.put('a', new TextEncoder().encode('other'));
    t.deepEqual(statuses(await run()), { a: 'unchanged', b: 'unchanged' });
    t.deepEqual(statuses(await run({ verify: true })), { a: 'uploaded', b: 'present' });
    t.deepEqual(statuses(await run({ force: true, metadata: { more: '1' } })), { a: 'uploaded', b: 'uploaded' });
    t.is((await store.describe({ key: 'b' })).metadata['more'], '1');
    t.is((await versions()).length, 6);
  });

  test(`${name}: a dry run reports what would be uploaded, and changes nothing`, async (t) => {
    const { dir, run, versions } = rig(t, await makeStore(t));
    writeFileSync(join(dir, 'a'), 'a');
    await run();
    appendFileSync(join(dir, 'a'), '!');
    writeFileSync(join(dir, 'b'), 'b');
    for (let time = 0; time < 2; time += 1) {
      t.deepEqual(statuses(await run({ dryRun: true })), { a: 'planned', b: 'planned' });
    }
    t.is((await versions()).length, 1);
    t.deepEqual(statuses(await run()), { a: 'uploaded', b: 'uploaded' });
  });

  for (const size of [1000, 7 * mebibyte]) {
    test(`${name}: a file of ${size} bytes that changes after it was hashed is uploaded in its new state`, async (t) => {
      const { dir, store, run, pauses, versions } = rig(t, await makeStore(t));
      const path = join(dir, 'a');
      writeFileSync(path, Buffer.alloc(size, '1'));
      let changes = 0;
      const changing: ObjectStore = {
        ...store,
        describe(ref) {
          changes += 1;
          if (changes < 3) writeFileSync(path, Buffer.alloc(size, String(changes + 1)));
          return store.describe(ref);
        },
      };
      const reports = await run({ store: changing });
      t.like(reports['a'], { status: 'uploaded', sha256: sha256(Buffer.alloc(size, '3')) });
      t.deepEqual(pauses, [100, 200]);
      const [only, ...more] = await versions();
      t.deepEqual(more, []);
      if (only === undefined) return t.fail();
      t.true(Buffer.from((await store.read(only, { maxBytes: size })).bytes).equals(Buffer.alloc(size, '3')));
      t.deepEqual(statuses(await run()), { a: 'unchanged' });
    });
  }

  test(`${name}: a file that changes during every upload fails as changed, and leaves nothing`, async (t) => {
    const { dir, store, run, versions, pauses } = rig(t, await makeStore(t));
    writeFileSync(join(dir, 'a'), 'a');
    writeFileSync(join(dir, 'b'), 'b');
    const changing: ObjectStore = {
      ...store,
      describe(ref) {
        if (ref.key === 'a') appendFileSync(join(dir, 'a'), 'more');
        return store.describe(ref);
      },
    };
    t.like(await run({ store: changing }), { a: { status: 'failed', reason: 'changed' }, b: { status: 'uploaded' } });
    t.is(pauses.length, 4);
    t.deepEqual(
      (await versions()).map(({ key }) => key),
      ['b'],
    );
    t.like(await run(), { a: { status: 'uploaded' } });
  });
}

test('a file that changed just now is uploaded but not remembered', async (t) => {
  const { dir, run, opened } = rig(t, folderStore(t));
  writeFileSync(join(dir, 'a'), 'a');
  const pauses: number[] = [];
  // The clock stands at the moment of the change.
  const { changedAtMs } = await localFiles.state(Buffer.from(join(dir, 'a')));
  const clock = { ...clockOf(pauses), now: () => changedAtMs + 1 };
  t.deepEqual(statuses(await run({ clock })), { a: 'uploaded' });
  t.deepEqual(statuses(await run({ clock })), { a: 'present' });
  t.deepEqual(opened(), ['a', 'a']);
  t.deepEqual(statuses(await run()), { a: 'present' });
  t.deepEqual(statuses(await run()), { a: 'unchanged' });
});

const failing = (code: ErrorCode, retryable: boolean) => new RearviewError(code, `no: ${code}`, { retryable });

test('a failed request is tried five times with growing waits, and a lost response creates no second version', async (t) => {
  const store = folderStore(t);
  const { dir, run, pauses, versions } = rig(t, store);
  writeFileSync(join(dir, 'a'), 'a');
  let tries = 0;
  const lossy: ObjectStore = {
    ...store,
    async put(...put) {
      tries += 1;
      // The third time it is stored, and the answer lost.
      if (tries === 3) await store.put(...put);
      throw failing('ERR_UNAVAILABLE', true);
    },
  };
  t.like(await run({ store: lossy }), { a: { status: 'present', sha256: sha256('a') } });
  t.deepEqual(pauses, [100, 200, 400]);
  t.is((await versions()).length, 1);

  pauses.length = 0;
  writeFileSync(join(dir, 'b'), 'b');
  const down: ObjectStore = { ...store, put: () => Promise.reject(failing('ERR_UNAVAILABLE', true)) };
  t.like(await run({ store: down }), {
    a: { status: 'unchanged' },
    b: { status: 'failed', reason: 'unavailable', detail: 'no: ERR_UNAVAILABLE' },
  });
  t.deepEqual(pauses, [100, 200, 400, 800]);
});

test('a file that the target refuses does not affect the others', async (t) => {
  const store = folderStore(t);
  const { dir, run, pauses } = rig(t, store);
  for (const each of ['a', 'b', 'c']) writeFileSync(join(dir, each), each);
  const picky: ObjectStore = {
    ...store,
    put: (key, ...rest) =>
      key === 'b' ? Promise.reject(failing('ERR_OBJECT_TOO_LARGE', false)) : store.put(key, ...rest),
  };
  t.like(await run({ store: picky }), {
    a: { status: 'uploaded' },
    b: { status: 'failed', reason: 'refused' },
    c: { status: 'uploaded' },
  });
  t.deepEqual(pauses, []);
});

test('a key that no store accepts is refused without reading the file', async (t) => {
  const { dir, run, opened } = rig(t, folderStore(t));
  for (const each of ['a', 'b']) writeFileSync(join(dir, each), '');
  const long = 'p'.repeat(1025);
  async function* files(): AsyncGenerator<UploadFile> {
    const root = await resolveRoot(dir, '/');
    for await (const file of walkPaths([root])) yield { ...file, key: file.path.endsWith('a') ? 'a' : long };
  }
  t.like(await run({ files: files() }), { [long]: { status: 'failed', reason: 'refused' }, a: { status: 'uploaded' } });
  t.deepEqual(opened(), ['a']);
});

for (const code of ['ERR_STORAGE_FULL', 'ERR_OBJECT_DENIED'] as const) {
  test(`${code} of the target ends the run with its own message, and finished uploads stay recorded`, async (t) => {
    const store = folderStore(t);
    const { dir, run } = rig(t, store);
    for (const each of ['a', 'b', 'c', 'd']) writeFileSync(join(dir, each), each);
    const full: ObjectStore = {
      ...store,
      put: (key, ...rest) => (key < 'c' ? store.put(key, ...rest) : Promise.reject(failing(code, true))),
    };
    const error = await t.throwsAsync(run({ store: full, concurrency: 1 }), { message: `no: ${code}` });
    t.true(hasCode(error, code));
    t.like(await run(), { a: { status: 'unchanged' }, b: { status: 'unchanged' }, c: { status: 'uploaded' } });
  });
}

test('a bucket that does not exist ends the run', async (t) => {
  const { client } = await startS3Emulator(t);
  const { dir, run } = rig(t, createS3ObjectStore({ client, bucket: 'no-such-bucket' }));
  for (let index = 0; index < 20; index += 1) writeFileSync(join(dir, String(index)), '');
  t.true(hasCode(await t.throwsAsync(run()), 'ERR_CONFIG'));
});

test('a caller that may write but not read can upload', async (t) => {
  const store = folderStore(t);
  const { dir, run } = rig(t, store);
  writeFileSync(join(dir, 'a'), 'a');
  const writeOnly: ObjectStore = { ...store, describe: () => Promise.reject(failing('ERR_OBJECT_DENIED', true)) };
  t.like(await run({ store: writeOnly }), { a: { status: 'uploaded' } });
  t.like(await run({ store: writeOnly }), { a: { status: 'unchanged' } });
});

test('a target that is unavailable for many files in a row ends the run; single failures do not', async (t) => {
  const store = folderStore(t);
  const { dir, run } = rig(t, store);
  for (let index = 0; index < 60; index += 1) writeFileSync(join(dir, String(index).padStart(2, '0')), '');
  const away = failing('ERR_UNAVAILABLE', true);
  const everySecond: ObjectStore = {
    ...store,
    put: (key, ...rest) => (Number(key) % 2 === 0 ? store.put(key, ...rest) : Promise.reject(away)),
  };
  const reports = Object.values(await run({ store: everySecond, concurrency: 1 }));
  t.is(reports.filter(({ status }) => status === 'uploaded').length, 30);
  const down: ObjectStore = { ...store, describe: () => Promise.reject(away) };
  const error = await t.throwsAsync(run({ store: down }), { message: /16 files in a row/ });
  t.true(hasCode(error, 'ERR_UNAVAILABLE') && error.retryable);
});

test('files that disappear, cannot be read or are not regular files fail one by one', async (t) => {
  const { dir, run, store } = rig(t, folderStore(t));
  for (const each of ['a', 'b', 'c', 'd', 'e']) writeFileSync(join(dir, each), each);
  const isOf = (location: Uint8Array, name: string) => Buffer.from(location).toString() === join(dir, name);
  const source: FileSource = {
    state(location) {
      if (isOf(location, 'b')) rmSync(join(dir, 'b'), { force: true });
      return localFiles.state(location);
    },
    open(location) {
      if (isOf(location, 'c')) return Promise.reject(failing('ERR_OBJECT_DENIED', true));
      if (isOf(location, 'd')) return Promise.reject(failing('ERR_UNAVAILABLE', true));
      return localFiles.open(location);
    },
  };
  t.like(await run({ source, concurrency: 1 }), {
    a: { status: 'uploaded' },
    b: { status: 'failed', reason: 'gone' },
    c: { status: 'failed', reason: 'denied' },
    d: { status: 'failed', reason: 'unreadable' },
    e: { status: 'uploaded' },
  });
  t.is((await store.list({ after: null, limit: 9 })).objects.length, 2);
});

test('the signal abandons running uploads, and a later run continues', async (t) => {
  const store = folderStore(t);
  const { dir, run, versions } = rig(t, store);
  for (const each of ['a', 'b', 'c']) writeFileSync(join(dir, each), each);
  const stop = new AbortController();
  const stopping: ObjectStore = {
    ...store,
    put(key, ...rest) {
      if (key === 'b') stop.abort();
      return store.put(key, ...rest);
    },
  };
  const reports = await run({ store: stopping, signal: stop.signal, concurrency: 1 });
  t.deepEqual(statuses(reports), { a: 'uploaded' });
  t.is((await versions()).length, 1);
  t.deepEqual(statuses(await run()), { a: 'unchanged', b: 'uploaded', c: 'uploaded' });
});

test('the journal forgets missing files as new ones are added, and keeps existing ones', async (t) => {
  const { dir, run } = rig(t, folderStore(t));
  const db = tempDatabase(t);
  const journal = createSqliteUploadJournal({ db, target: 'x' });
  writeFileSync(join(dir, 'stays'), '');
  let most = 0;
  for (let round = 0; round < 12; round += 1) {
    for (let index = 0; index < 10; index += 1) writeFileSync(join(dir, `${round}-${index}`), '');
    await run({ journal });
    for (let index = 0; index < 10; index += 1) rmSync(join(dir, `${round}-${index}`));
    most = Math.max(most, (await journal.oldest(1000, await journal.mark())).length);
  }
  t.true(most <= 31, `${most} entries for at most 11 files`);
  t.deepEqual(statuses(await run({ journal })), { stays: 'unchanged' });
});
