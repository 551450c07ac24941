import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { runScript } from '../../testing/cli/run-script.ts';
import { tempFolder } from '../../testing/temp-folder.ts';
import { testUnless } from '../../testing/test-unless.ts';
import { openKnownKeys } from './known-keys.ts';

const [one, two] = [Buffer.from('one'), Buffer.from('two')];

test('every process of the user knows an added key, and no other', (t) => {
  const env = { XDG_STATE_HOME: join(tempFolder(t), 'state') };
  t.false(openKnownKeys(env).has(one));
  openKnownKeys(env).add(one, '/a/signing-key.pem');
  t.true(openKnownKeys(env).has(one));
  t.false(openKnownKeys(env).has(two));
  openKnownKeys(env).add(two, '/line\nend');
  t.true(openKnownKeys(env).has(two));
  const folder = join(env.XDG_STATE_HOME, 'rearview');
  const lines = readFileSync(join(folder, 'known-keys'), 'utf8').split('\n');
  t.is(lines.length, 3, 'one line each');
  t.regex(lines[0] ?? '', /^[0-9a-f]{64} # "\/a\/signing-key\.pem"$/);
  t.is(statSync(folder).mode & 0o777, 0o700);
  t.is(statSync(join(folder, 'known-keys')).mode & 0o777, 0o600);
});

test("the list is in the user's home folder if the environment names no other folder", (t) => {
  const home = tempFolder(t);
  openKnownKeys({ HOME: home, XDG_STATE_HOME: 'relative' }).add(one, 'k');
  t.true(statSync(join(home, '.local/state/rearview/known-keys')).isFile());
});

test('without a home folder, no key is known, and none can be recorded', (t) => {
  const keys = openKnownKeys({});
  t.false(keys.has(one));
  t.throws(() => keys.add(one, 'k'), { code: 'ERR_SIGNING', message: /HOME nor XDG_STATE_HOME.*Set XDG_STATE_HOME/ });
});

test('a line that a crash left torn corrupts no other', (t) => {
  const env = { XDG_STATE_HOME: tempFolder(t) };
  const file = join(env.XDG_STATE_HOME, 'rearview/known-keys');
  openKnownKeys(env).add(one, 'k');
  writeFileSync(file, readFileSync(file, 'utf8').slice(0, -3));
  openKnownKeys(env).add(two, 'k');
  t.true(openKnownKeys(env).has(one));
  t.true(openKnownKeys(env).has(two));
});

test('a list that others could have written, or that is not a file, lists nothing and is not written', (t) => {
  const env = { XDG_STATE_HOME: tempFolder(t) };
  const file = join(env.XDG_STATE_HOME, 'rearview/known-keys');
  openKnownKeys(env).add(one, 'k');
  const text = readFileSync(file, 'utf8');
  const refused = (why: string) => {
    t.false(openKnownKeys(env).has(one), why);
    t.throws(() => openKnownKeys(env).add(two, 'k'), { code: 'ERR_SIGNING' }, why);
  };
  chmodSync(file, 0o620);
  refused('writable by the group');
  for (const [why, make] of [
    ['a link', () => symlinkSync(join(env.XDG_STATE_HOME, 'elsewhere'), file)],
    ['a FIFO', () => execFileSync('mkfifo', ['-m', '600', file])],
    ['a folder', () => mkdirSync(file)],
  ] as const) {
    execFileSync('rm', ['-rf', file]);
    writeFileSync(join(env.XDG_STATE_HOME, 'elsewhere'), text, { mode: 0o600 });
    make();
    refused(why);
  }
});

const missing = process.getuid?.() === 0 ? null : 'needs the superuser';

testUnless(missing, 'a list of another user, or below a folder of another user, lists nothing', (t) => {
  const env = { XDG_STATE_HOME: join(tempFolder(t), 'theirs', 'state') };
  openKnownKeys(env).add(one, 'k');
  const file = join(env.XDG_STATE_HOME, 'rearview/known-keys');
  for (const path of [file, join(file, '..'), join(env.XDG_STATE_HOME, '..')]) {
    chownSync(path, 12_345, 12_345);
    t.false(openKnownKeys(env).has(one), path);
    t.throws(() => openKnownKeys(env).add(two, 'k'), { code: 'ERR_SIGNING' }, path);
    chownSync(path, 0, 0);
    t.true(openKnownKeys(env).has(one));
  }
});

test('processes that record keys at the same time lose none', async (t) => {
  const env = { XDG_STATE_HOME: tempFolder(t) };
  const script = `
    import { openKnownKeys } from '${import.meta.resolve('./known-keys.ts')}';
    const keys = openKnownKeys({ XDG_STATE_HOME: process.argv[1] });
    for (let index = 0; index < 50; index += 1) keys.add(Buffer.from(process.argv[2] + index), 'k');
  `;
  await Promise.all(['a', 'b', 'c'].map((name) => runScript(script, [env.XDG_STATE_HOME, name])));
  const keys = openKnownKeys(env);
  for (const name of ['a', 'b', 'c']) {
    for (let index = 0; index < 50; index += 1) t.true(keys.has(Buffer.from(`${name}${index}`)));
  }
});
