import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test from 'ava';
import { hasCode } from '../../../domain/errors.ts';
import { runScript } from '../../../testing/cli/run-script.ts';
import { tempDatabase } from '../../../testing/local/temp-database.ts';
import { tempFolder } from '../../../testing/temp-folder.ts';
import { openDatabase } from './database.ts';
import { createSqliteQueue } from './queue.ts';
import { schemaVersion } from './schema.ts';

const opening = `import { openDatabase } from '${import.meta.resolve('./database.ts')}';
  import { createSqliteQueue } from '${import.meta.resolve('./queue.ts')}';
  const db = openDatabase(process.argv[1]);
  const queue = createSqliteQueue({ db, name: 'live', visibilityMs: 60_000, maxReceives: 3 });`;
const queueOf = (db: ReturnType<typeof openDatabase>) =>
  createSqliteQueue({ db, name: 'live', visibilityMs: 60_000, maxReceives: 3 });

test('a file that is not a database is refused with advice', (t) => {
  const path = join(tempFolder(t), 'state.db');
  writeFileSync(path, 'this is not a database, but it is long enough to look like one\n'.repeat(20));
  const error = t.throws(() => openDatabase(path));
  t.true(hasCode(error, 'ERR_CONFIG') && error.message.includes(path));
});

test('a folder that does not exist is refused with its path', (t) => {
  const path = join(tempFolder(t), 'none', 'state.db');
  const error = t.throws(() => openDatabase(path));
  t.true(hasCode(error, 'ERR_CONFIG') && error.message.includes(path));
});

test('a database of a newer version is refused and left unchanged', (t) => {
  const path = join(tempFolder(t), 'state.db');
  openDatabase(path).close();
  const raw = new DatabaseSync(path);
  raw.exec(`PRAGMA user_version = ${schemaVersion + 1}`);
  const error = t.throws(() => openDatabase(path));
  t.true(hasCode(error, 'ERR_CONFIG') && /newer version/.test(error.message));
  t.is(raw.prepare('PRAGMA user_version').get()?.['user_version'], schemaVersion + 1);
  raw.close();
});

test('an exception within a transaction rolls back all of it, including nested steps', (t) => {
  const db = tempDatabase(t);
  const count = () => db.prepare('SELECT count(*) n FROM pointers').get()?.['n'];
  const insert = db.prepare("INSERT INTO pointers VALUES (?, '', 1)");
  t.throws(
    () =>
      db.transaction(() => {
        insert.run('a');
        db.transaction(() => insert.run('b'));
        throw new Error('no');
      }),
    { message: 'no' },
  );
  t.is(count(), 0);
  t.is(
    db.transaction(() => insert.run('a'), { durable: true }),
    1,
  );
  t.is(count(), 1);
});

test('a full disk is ERR_STORAGE_FULL, rolls back the step, and passes when there is space again', async (t) => {
  const db = tempDatabase(t);
  const queue = queueOf(db);
  await queue.send(['before']);
  const pages = Number(db.prepare('PRAGMA page_count').get()?.['page_count']);
  db.exec(`PRAGMA max_page_count = ${pages + 5}`);
  const error = await t.throwsAsync(queue.send(Array.from({ length: 100 }, () => 'x'.repeat(10_000))));
  t.true(hasCode(error, 'ERR_STORAGE_FULL') && error.retryable);
  t.is((await queue.stats()).visible, 1);
  db.exec('PRAGMA max_page_count = 1000000');
  await queue.send(['after']);
  t.deepEqual(
    (await queue.receive({ max: 10 })).map(({ body }) => body),
    ['before', 'after'],
  );
});

test('processes that open a new database at once all get it, and lose no write to each other', async (t) => {
  const path = join(tempFolder(t), 'state.db');
  const script = `${opening} for (let index = 0; index < 50; index += 1) await queue.send(['m']); db.close();`;
  await Promise.all([1, 2, 3].map(() => runScript(script, [path])));
  const db = openDatabase(path);
  t.is((await queueOf(db).stats()).visible, 150);
  db.close();
});

test('a waiting receiver gets messages of another process', async (t) => {
  const path = join(tempFolder(t), 'state.db');
  const db = openDatabase(path);
  t.teardown(() => db.close());
  const waiting = queueOf(db).receive({ max: 1, waitMs: 60_000 });
  await runScript(`${opening} await queue.send(['from elsewhere']); db.close();`, [path]);
  t.deepEqual(
    (await waiting).map(({ body }) => body),
    ['from elsewhere'],
  );
});

test('a process killed at any moment loses nothing that was confirmed as written', async (t) => {
  const path = join(tempFolder(t), 'state.db');
  // The pause lets Node write pending data: sending alone never leaves the microtasks.
  const script = `${opening} for (;;) {
    await queue.send(['a', 'b', 'c']);
    process.stdout.write('.');
    await new Promise((resolve) => setImmediate(resolve));
  }`;
  const { stdout } = await runScript(script, [path], { killAfterOutput: 200 });
  const db = openDatabase(path);
  t.teardown(() => db.close());
  t.is(db.prepare('PRAGMA integrity_check').get()?.['integrity_check'], 'ok');
  const { visible } = await queueOf(db).stats();
  t.true(visible >= stdout.length * 3);
  t.is(visible % 3, 0);
});
