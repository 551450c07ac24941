import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  lchownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import test from 'ava';
import { sampleAlert } from '../../ports/alert-sink.contract.ts';
import { runScript } from '../../testing/cli/run-script.ts';
import { tempFolder } from '../../testing/temp-folder.ts';
import { testUnless } from '../../testing/test-unless.ts';
import { createJsonlAlertSink } from './alerts/alerts-jsonl.ts';
import { openUploadJournal } from './database/upload-journal.ts';
import { openLocalState } from './state.ts';
import { isStateFolder } from './state-database.ts';
import { makeStateFolder } from './state-folder.ts';
import { acquireStateLock, lockHolder } from './state-lock.ts';

/**
 * The permissions of everything below a folder, and of itself; those of files whose names are
 * hashes together.
 */
function modesOf(dir: string): Readonly<Record<string, string>> {
  const modes: Record<string, string> = {};
  const look = (path: string) => {
    const stats = statSync(path);
    const name = (relative(dir, path) || '.')
      .replace(/\/[0-9a-f]{2}$/, '/**')
      .replace(/\/[0-9a-f]{2}\/[0-9a-f]{64}$/, '/*');
    modes[name] = (stats.mode & 0o777).toString(8);
    if (stats.isDirectory()) for (const each of readdirSync(path)) look(join(path, each));
  };
  look(dir);
  return modes;
}

const useState = `
  import { join } from 'node:path';
  import { createJsonlAlertSink } from '${import.meta.resolve('./alerts/alerts-jsonl.ts')}';
  import { openLocalState } from '${import.meta.resolve('./state.ts')}';
  import { acquireStateLock } from '${import.meta.resolve('./state-lock.ts')}';
  import { openUploadJournal } from '${import.meta.resolve('./database/upload-journal.ts')}';
  import { sampleAlert } from '${import.meta.resolve('../../ports/alert-sink.contract.ts')}';
  const [dir, umask] = process.argv.slice(1);
  process.umask(parseInt(umask, 8));
  const state = openLocalState(dir, { visibilityMs: 1000, maxReceives: 3, corpusNotice: () => 'x' });
  await state.stores.corpus.put('k', new Uint8Array(3));
  await state.stores.rulesets.put('r', new Uint8Array(4));
  await createJsonlAlertSink(join(dir, 'alerts.jsonl')).send(sampleAlert());
  openUploadJournal(dir, 'x');
  acquireStateLock(join(dir, 'pipeline.lock'));
`;

const closed = {
  '.': '700',
  corpus: '700',
  'corpus/**': '700',
  'corpus/*': '600',
  'corpus/tmp': '700',
  rulesets: '700',
  'rulesets/**': '700',
  'rulesets/*': '600',
  'rulesets/tmp': '700',
  'state.db': '600',
  'state.db-wal': '600',
  'state.db-shm': '600',
  'alerts.jsonl': '600',
  'pipeline.lock': '600',
  'pipeline.lock-journal': '600',
  'pipeline.lock.pid': '600',
};

for (const umask of ['000', '022']) {
  test(`only the owner can access a state folder, whatever the umask: ${umask}`, async (t) => {
    const dir = join(tempFolder(t), 'above', 'state');
    // Killed while everything is open, so that temporary files are checked too.
    await runScript(`${useState} process.stdout.write('!'); setInterval(() => {}, 1000);`, [dir, umask], {
      killAfterOutput: 1,
    });
    const { 'pipeline.lock-journal': _, ...always } = closed;
    const { 'pipeline.lock-journal': __, ...found } = modesOf(dir);
    t.deepEqual(found, always);
    t.is(statSync(join(dir, '..')).mode & 0o777, 0o777 & ~Number.parseInt(umask, 8));
  });
}

test('a state folder that was open to others is closed, with the files that the program wrote there', (t) => {
  const dir = join(tempFolder(t), 'state');
  const hash = 'a'.repeat(64);
  for (const folder of ['corpus/aa', 'corpus/tmp', 'rulesets', 'inbox'])
    mkdirSync(join(dir, folder), { recursive: true });
  const files = [
    'state.db',
    'state.db-wal',
    'alerts.jsonl',
    'pipeline.lock.pid',
    `corpus/aa/${hash}`,
    'inbox/mine',
    'notes',
  ];
  for (const file of files) writeFileSync(join(dir, file), '', { mode: 0o644 });
  const elsewhere = join(tempFolder(t), 'file');
  writeFileSync(elsewhere, '', { mode: 0o644 });
  symlinkSync(elsewhere, join(dir, 'corpus/link'));
  for (const folder of ['', 'corpus', 'corpus/aa', 'rulesets']) chmodSync(join(dir, folder), 0o755);
  makeStateFolder(dir);
  const modes = modesOf(dir);
  for (const folder of ['.', 'corpus', 'corpus/**', 'rulesets']) t.is(modes[folder], '700', folder);
  for (const file of ['state.db', 'state.db-wal', 'alerts.jsonl', 'pipeline.lock.pid', 'corpus/*']) {
    t.is(modes[file], '600', file);
  }
  t.is(modes['inbox/mine'], '644');
  t.is(modes['notes'], '644');
  t.is(statSync(elsewhere).mode & 0o777, 0o644);
});

const missing = process.getuid?.() === 0 ? null : 'needs the superuser';

const other = 12_345;
const options = { visibilityMs: 1000, maxReceives: 3, corpusNotice: () => 'x' };

/** Everything below a folder, with owner, permissions, size and time of modification. */
function snapshot(dir: string): readonly string[] {
  const names = ['.', ...readdirSync(dir, { recursive: true }).map(String)].sort();
  return names.map((name) => {
    const { uid, gid, mode, size, mtimeMs, ino } = lstatSync(join(dir, name));
    return [name, uid, gid, mode, size, mtimeMs, ino].join(' ');
  });
}

testUnless(missing, 'the superuser does not use the state folder of a user, and changes nothing there', (t) => {
  const dir = join(tempFolder(t), 'state');
  mkdirSync(join(dir, 'corpus'), { recursive: true });
  writeFileSync(join(dir, 'alerts.jsonl'), '', { mode: 0o644 });
  for (const path of ['', 'corpus', 'alerts.jsonl']) chownSync(join(dir, path), other, other);
  const before = snapshot(dir);
  const expected = { code: 'ERR_CONFIG', message: /the user 12345.*sudo -u '#12345'.*--user 12345.*--state/ } as const;
  for (const use of [
    () => makeStateFolder(dir),
    () => openLocalState(dir, options),
    () => isStateFolder(dir),
    () => openUploadJournal(dir, 'x'),
  ]) {
    t.throws(use, expected);
  }
  t.deepEqual(snapshot(dir), before);
});

testUnless(missing, 'the superuser makes no state folder below the folder of a user, who could replace it', (t) => {
  const folder = tempFolder(t);
  mkdirSync(join(folder, 'theirs'));
  chownSync(join(folder, 'theirs'), other, other);
  for (const path of ['theirs/state', 'theirs/a/state']) {
    t.throws(() => makeStateFolder(join(folder, path)), { code: 'ERR_CONFIG', message: /below .*theirs.*12345/ });
  }
  mkdirSync(join(folder, 'ours'));
  symlinkSync(join(folder, 'ours'), join(folder, 'theirs/link'));
  t.throws(() => makeStateFolder(join(folder, 'theirs/link')), { code: 'ERR_CONFIG' });
  t.deepEqual(readdirSync(join(folder, 'theirs')), ['link']);
});

testUnless(missing, 'a state folder that is a link of another user is refused', (t) => {
  const folder = tempFolder(t);
  mkdirSync(join(folder, 'ours'), { mode: 0o755 });
  symlinkSync('ours', join(folder, 'state'));
  lchownSync(join(folder, 'state'), other, other);
  t.throws(() => makeStateFolder(join(folder, 'state')), {
    code: 'ERR_CONFIG',
    message: /symbolic link of the user 12345/,
  });
  t.is(statSync(join(folder, 'ours')).mode & 0o777, 0o755);
});

test('a state folder that is a link of its owner is used', (t) => {
  const folder = tempFolder(t);
  mkdirSync(join(folder, 'elsewhere'), { mode: 0o755 });
  symlinkSync('elsewhere', join(folder, 'state'));
  openLocalState(join(folder, 'state'), options).close();
  t.is(statSync(join(folder, 'elsewhere')).mode & 0o777, 0o700);
  symlinkSync('nothing', join(folder, 'dangling'));
  t.throws(() => makeStateFolder(join(folder, 'dangling')), { code: 'ERR_CONFIG', message: /a dangling link/ });
  writeFileSync(join(folder, 'file'), '');
  t.throws(() => makeStateFolder(join(folder, 'file')), { code: 'ERR_CONFIG', message: /not a folder/ });
});

const files = ['alerts.jsonl', 'state.db', 'state.db-wal', 'state.db-shm', 'pipeline.lock', 'pipeline.lock.pid'];
const folders = ['corpus', 'corpus/tmp', 'rulesets', 'rulesets/tmp'];

/** Puts something in the place of a program file; returns what must not be touched. */
const planted: Readonly<Record<string, (path: string, victim: string) => void>> = {
  'a link': (path, victim) => symlinkSync(victim, path),
  'a hard link': (path, victim) => linkSync(victim, path),
  'a FIFO': (path) => execFileSync('mkfifo', [path]),
  'a folder': (path) => mkdirSync(path),
};

for (const [kind, plant] of Object.entries(planted)) {
  for (const name of files) {
    test(`${kind} in the place of ${name} is refused before anything is written`, (t) => {
      const dir = join(tempFolder(t), 'state');
      const victims = tempFolder(t);
      writeFileSync(join(victims, 'victim'), 'victim', { mode: 0o644 });
      mkdirSync(dir);
      plant(join(dir, name), join(victims, 'victim'));
      const before = snapshot(victims);
      t.throws(() => openLocalState(dir, options), { code: 'ERR_CONFIG', message: /Cannot use .*: it (is|has) a/ });
      t.deepEqual(snapshot(victims), before);
      t.deepEqual(readdirSync(dir), [name]);
    });
  }
}

for (const name of folders) {
  test(`a link in the place of ${name} is refused, and its target is not touched`, (t) => {
    const dir = join(tempFolder(t), 'state');
    const victims = tempFolder(t);
    writeFileSync(join(victims, 'old'), 'old');
    const yesterday = Date.now() / 1000 - 86_400;
    utimesSync(join(victims, 'old'), yesterday, yesterday);
    chmodSync(victims, 0o755);
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    symlinkSync(victims, join(dir, name));
    const before = snapshot(victims);
    t.throws(() => openLocalState(dir, options), { code: 'ERR_CONFIG', message: /symbolic link/ });
    t.deepEqual(snapshot(victims), before);
  });
}

test('a link in the place of a content folder is not written through', async (t) => {
  const dir = join(tempFolder(t), 'state');
  const victims = tempFolder(t);
  const state = openLocalState(dir, options);
  t.teardown(() => state.close());
  const sha256 = createHash('sha256').update('x').digest('hex');
  symlinkSync(victims, join(dir, 'corpus', sha256.slice(0, 2)));
  await t.throwsAsync(state.stores.corpus.put('k', Buffer.from('x')), { code: 'ERR_CONFIG', message: /symbolic link/ });
  t.deepEqual(readdirSync(victims), []);
});

testUnless(missing, 'files of another user in a state folder that was open to them are not used', (t) => {
  for (const name of files) {
    const dir = join(tempFolder(t), 'state');
    mkdirSync(dir);
    chmodSync(dir, 0o777);
    writeFileSync(join(dir, name), '', { mode: 0o666 });
    chownSync(join(dir, name), other, other);
    t.throws(() => openLocalState(dir, options), { code: 'ERR_CONFIG', message: /belongs to the user 12345/ });
    t.is(statSync(dir).mode & 0o777, 0o700, 'closed before anything in it is looked at');
  }
});

test('links created after the folder was opened are not followed when it opens files', async (t) => {
  const dir = join(tempFolder(t), 'state');
  const victims = tempFolder(t);
  makeStateFolder(dir);
  for (const name of ['alerts.jsonl', 'pipeline.lock.pid']) {
    writeFileSync(join(victims, name), 'victim', { mode: 0o644 });
    symlinkSync(join(victims, name), join(dir, name));
  }
  const before = snapshot(victims);
  await t.throwsAsync(createJsonlAlertSink(join(dir, 'alerts.jsonl')).send(sampleAlert()), {
    code: 'ERR_ALERT_DELIVERY',
    message: /symbolic link/,
  });
  t.throws(() => acquireStateLock(join(dir, 'pipeline.lock')), { code: 'ERR_CONFIG', message: /symbolic link/ });
  t.is(lockHolder(join(dir, 'pipeline.lock')), 'another process');
  t.deepEqual(snapshot(victims), before);
});
