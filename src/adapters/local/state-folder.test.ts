import { chmodSync, chownSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import test from 'ava';
import { runScript } from '../../testing/run-script.ts';
import { tempFolder } from '../../testing/temp-folder.ts';
import { testUnless } from '../../testing/test-unless.ts';
import { makeStateFolder } from './state-folder.ts';

/** The permissions of all that is below a folder, and of itself; those of files whose names are hashes together. */
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
  import { createJsonlAlertSink } from '${import.meta.resolve('./alerts-jsonl.ts')}';
  import { openLocalState } from '${import.meta.resolve('./state.ts')}';
  import { acquireStateLock } from '${import.meta.resolve('./state-lock.ts')}';
  import { openUploadJournal } from '${import.meta.resolve('./upload-journal.ts')}';
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
  test(`all of a state folder is for its owner alone, whatever the umask: ${umask}`, async (t) => {
    const dir = join(tempFolder(t), 'above', 'state');
    // Killed while all of it is open: what is there only while it runs is looked at as well.
    await runScript(`${useState} process.stdout.write('!'); setInterval(() => {}, 1000);`, [dir, umask], {
      killAfterOutput: 1,
    });
    const { 'pipeline.lock-journal': _, ...always } = closed;
    const { 'pipeline.lock-journal': __, ...found } = modesOf(dir);
    t.deepEqual(found, always);
    t.is(statSync(join(dir, '..')).mode & 0o777, 0o777 & ~Number.parseInt(umask, 8));
  });
}

test('a state folder that was open to others is closed, with what the program wrote there', (t) => {
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

testUnless(missing, 'what the superuser puts into the state folder of a user belongs to that user', async (t) => {
  const dir = join(tempFolder(t), 'state');
  mkdirSync(dir, { mode: 0o700 });
  chownSync(dir, 65_534, 65_534);
  await runScript(`${useState} process.exit(0)`, [dir, '022']);
  const owners = readdirSync(dir, { recursive: true }).map((name) => statSync(join(dir, String(name))).uid);
  t.true(owners.length >= 9);
  t.deepEqual([...new Set(owners)], [65_534]);
});
