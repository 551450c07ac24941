import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import { createGitRepositories, type GitLimits } from '../../../adapters/git/git-repositories.ts';
import { parseSources } from '../../../rules/sources/read-sources.ts';
import { sourceKeys } from '../../../rules/sources/sources-schema.ts';
import { createGitRepository } from '../../../testing/cli/git-repository.ts';
import { collector, createTestCli } from '../../../testing/cli/run-cli.ts';
import { tempFolder } from '../../../testing/temp-folder.ts';
import { acquireSyncLock } from '../../wiring/rule-sources.ts';

const env = { PATH: process.env['PATH'], GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
const rule = (name: string) => `rule ${name} { condition: true }\n`;
const mit = `MIT License\n\nPermission is hereby granted, free of charge, to any person obtaining a copy of this software, subject to: The above copyright notice and this permission notice shall be included.\n`;

/** An upstream repository, and a command line whose `sources.yaml` names it. */
async function setUp(t: ExecutionContext, files: Readonly<Record<string, string | Uint8Array>>, more = '') {
  const upstream = tempFolder(t);
  const repository = createGitRepository(upstream);
  const write = (given: Readonly<Record<string, string | Uint8Array>>) => {
    for (const [name, content] of Object.entries(given)) {
      mkdirSync(join(upstream, name, '..'), { recursive: true });
      writeFileSync(join(upstream, name), content);
    }
  };
  write(files);
  const first = repository.commit('first');
  const cli = await createTestCli(t);
  await cli.write({ 'rules/sources.yaml': `sources:\n  pack:\n    url: ${upstream}\n${more}` });
  const run = (...args: readonly string[]) => cli.runWith({ env }, 'rules', 'sync', ...args);
  const there = () => tree(join(cli.dir, 'rules'));
  return { ...repository, upstream, write, first, cli, run, there };
}

/** All files below a folder, with their bytes. */
function tree(dir: string): Readonly<Record<string, string>> {
  const names = readdirSync(dir, { recursive: true, encoding: 'utf8' }).sort();
  const files = names.filter((name) => !lstatSync(join(dir, name)).isDirectory());
  return Object.fromEntries(files.map((name) => [name, readFileSync(join(dir, name), 'latin1')]));
}

test('rules, what they include and the licence are vendored byte for byte, and a second run changes nothing', async (t) => {
  const odd = Buffer.from('rule B { condition: true } // \xff\r\n', 'latin1');
  const { cli, run, first, there } = await setUp(t, {
    'yara/a.yar': `include "../lib/common.inc"\n${rule('A')}`,
    'yara/B.YARA': odd,
    'lib/common.inc': 'include "deep.inc"\n',
    'lib/deep.inc': 'private rule P { condition: true }\n',
    'lib/other.inc': 'x',
    'README.md': 'x',
    '.gitattributes': '* -text ident filter=evil export-ignore\n',
    '.github/hidden.yar': rule('Hidden'),
    LICENSE: mit,
  });
  const { code, stdout, stderr } = await run();
  t.is(code, 0, stderr);
  t.is(stderr, '');
  t.is(
    stdout,
    `pack: none -> ${first.slice(0, 12)}, 5 added, 0 changed, 0 removed, 5 files, licence MIT\n1 source: 1 updated\n`,
  );
  const before = there();
  t.deepEqual(Object.keys(before), [
    ...['sources.lock.json', 'sources.yaml', 'vendor/pack/LICENSE', 'vendor/pack/lib/common.inc'],
    ...['vendor/pack/lib/deep.inc', 'vendor/pack/yara/B.YARA', 'vendor/pack/yara/a.yar'],
  ]);
  t.is(before['vendor/pack/yara/B.YARA'], odd.toString('latin1'));
  t.regex(before['sources.lock.json'] ?? '', new RegExp(`"commit": "${first}"`));
  const second = await run();
  t.is(second.code, 0);
  t.is(second.stdout, `pack: unchanged at ${first.slice(0, 12)}, 5 files, licence MIT\nnothing changed\n`);
  t.deepEqual(there(), before);
  t.is((await run('--check')).stdout, 'rules/vendor is as locked\n');
  t.is(lstatSync(join(cli.dir, 'rules/vendor/pack/yara/a.yar')).mode & 0o111, 0);
});

test('upstream changes and deletions are seen and listed', async (t) => {
  const { run, write, commit, git, first, there } = await setUp(t, { 'a.yar': rule('A'), 'b.yar': rule('B') });
  await run();
  git('rm', '--quiet', 'a.yar');
  write({ 'b.yar': rule('B2'), 'c.yar': rule('C') });
  const second = commit('second');
  const { stdout } = await run();
  t.is(
    stdout,
    `pack: ${first.slice(0, 12)} -> ${second.slice(0, 12)}, 1 added, 1 changed, 1 removed, 2 files, licence unknown\n  - a.yar\n  + c.yar\n  ~ b.yar\n1 source: 1 updated\n`,
  );
  t.deepEqual(Object.keys(there()).slice(2), ['vendor/pack/b.yar', 'vendor/pack/c.yar']);
  const { lines } = await run('--json');
  t.like(lines[0], { source: 'pack', status: 'unchanged', before: second, after: second, files: 2, licence: null });
});

test('a branch, a tag or a commit is fetched, and patterns choose files', async (t) => {
  const { cli, run, write, commit, git, upstream, first, there } = await setUp(t, { 'a.yar': rule('A') });
  git('tag', '-a', '-m', 'x', 'v1');
  git('checkout', '--quiet', '-b', 'dev/next');
  write({ 'yara/d.yar': rule('D'), 'yara/old/e.yar': rule('E') });
  commit('dev');
  git('checkout', '--quiet', 'main');
  write({ 'm.yar': rule('M') });
  commit('main');
  const vendored = async (more: string) => {
    await cli.write({ 'rules/sources.yaml': `sources: { pack: { url: ${upstream}, ${more} } }` });
    const { code, stderr } = await run();
    t.is(code, 0, stderr);
    return Object.keys(there()).slice(2);
  };
  t.deepEqual(await vendored('tag: v1'), ['vendor/pack/a.yar']);
  t.deepEqual(await vendored('branch: dev/next, files: { include: [yara/], exclude: [old/] }'), [
    'vendor/pack/yara/d.yar',
  ]);
  t.deepEqual(await vendored(`commit: ${first}`), ['vendor/pack/a.yar']);
  t.deepEqual(await vendored('state: active'), ['vendor/pack/a.yar', 'vendor/pack/m.yar']);
  await cli.write({ 'rules/sources.yaml': `sources: { pack: { url: ${upstream}, branch: gone } }` });
  const { code, stderr } = await run();
  t.is(code, 2);
  t.regex(stderr, /error\[ERR_CONFIG\]: .* has no branch gone\./);
  t.deepEqual(Object.keys(there()).slice(2), ['vendor/pack/a.yar', 'vendor/pack/m.yar']);
});

test('check ends with 1 for each kind of difference, and names it', async (t) => {
  const { cli, run, upstream } = await setUp(t, { 'a.yar': rule('A'), 'b.yar': rule('B') });
  t.is(
    (await run('--check')).stdout,
    'source pack is not in the lock: run "rearview rules sync"\n1 difference to the lock\n',
  );
  await run();
  const pack = join(cli.dir, 'rules/vendor/pack');
  writeFileSync(join(pack, 'a.yar'), rule('X'));
  rmSync(join(pack, 'b.yar'));
  writeFileSync(join(pack, 'c.yar'), rule('C'));
  symlinkSync('/etc/passwd', join(pack, 'link'));
  await cli.write({
    'rules/vendor/mine/x.yar': rule('Mine'),
    'rules/sources.yaml': `sources: { pack: { url: ${upstream}, branch: main } }`,
  });
  const { code, stdout } = await run('--check');
  t.is(code, 1);
  t.deepEqual(stdout.split('\n'), [
    'source pack was fetched with another ref: run "rearview rules sync pack"',
    'vendor/pack/a.yar differs from the lock',
    'vendor/pack/b.yar is in the lock, and does not exist',
    'vendor/pack/c.yar is not in the lock',
    'vendor/pack/link is not a regular file',
    'vendor/mine belongs to no source in the lock',
    '6 differences to the lock',
    '',
  ]);
  t.like((await run('--check', '--json')).lines[1], { source: 'pack', kind: 'changed', file: 'vendor/pack/a.yar' });
  t.is((await run()).code, 0);
  t.is((await run('--check')).stdout, 'vendor/mine belongs to no source in the lock\n1 difference to the lock\n');
});

test('a source that is no longer configured is removed, one that is off is kept', async (t) => {
  const { cli, run, upstream, there } = await setUp(t, { 'a.yar': rule('A') });
  await run();
  await cli.write({ 'rules/sources.yaml': `sources: { pack: { url: ${upstream}, state: off } }` });
  t.is((await run()).stdout, 'pack: off, not fetched\nnothing changed\n');
  t.is((await run('--check')).code, 0);
  await cli.write({ 'rules/sources.yaml': `sources: { other: { url: ${upstream} } }` });
  t.is((await run('--check')).code, 1);
  t.regex((await run()).stdout, /pack: no longer configured, removed 1 file\n2 sources: 1 updated, 1 removed/);
  t.deepEqual(Object.keys(there()).slice(2), ['vendor/other/a.yar']);
  await cli.write({ 'rules/sources.yaml': `sources: { other: { url: ${upstream}, namespace: moved } }` });
  await run();
  t.deepEqual(Object.keys(there()).slice(2), ['vendor/moved/a.yar']);
  await cli.write({ 'rules/sources.yaml': '' });
  await run();
  t.deepEqual(Object.keys(there()), ['sources.lock.json', 'sources.yaml']);
  t.false(existsSync(join(cli.dir, 'rules/vendor')));
});

test('two syncs at once do not meet: the second ends with a code to try later', async (t) => {
  const { cli, run, there } = await setUp(t, { 'a.yar': rule('A') });
  const work = join(cli.dir, 'rules/vendor/.sync');
  mkdirSync(work, { recursive: true });
  const lock = acquireSyncLock(join(work, 'lock'));
  const { code, stderr } = await run();
  t.is(code, 75);
  t.regex(stderr, /ERR_STATE_LOCKED.*Another process is syncing/);
  lock?.release();
  t.is((await run()).code, 0);
  t.true('vendor/pack/a.yar' in there());
});

test('a repository or a list of files that is too large is refused', async (t) => {
  const { upstream } = await setUp(t, { 'a.yar': rule('A'), 'large.bin': randomBytes(300_000) });
  const context = { env, signal: new AbortController().signal };
  const fetch = (limits: GitLimits) =>
    createGitRepositories(context, limits).fetch({ url: upstream, ref: null }, tempFolder(t));
  await t.throwsAsync(fetch({ maxRepositoryBytes: 200_000 }), {
    code: 'ERR_CONFIG',
    message: /larger than 200000 bytes/,
  });
  await t.throwsAsync(fetch({ maxListingBytes: 50 }), { code: 'ERR_CONFIG', message: /too many files/ });
  t.is((await fetch({})).entries.length, 2);
});

test('a commit that no branch points to is fetched, also where the server does not offer it', async (t) => {
  const { cli, run, git, write, commit, first, upstream, there } = await setUp(t, { 'a.yar': rule('A') });
  git('checkout', '--quiet', '--orphan', 'aside');
  write({ 'aside.yar': rule('Aside') });
  const aside = commit('aside');
  git('checkout', '--quiet', '--force', 'main');
  git('branch', '--quiet', '-D', 'aside');
  for (const [wanted, file] of [
    [aside, 'vendor/pack/aside.yar'],
    [first, 'vendor/pack/a.yar'],
  ] as const) {
    await cli.write({ 'rules/sources.yaml': `sources: { pack: { url: ${upstream}, commit: ${wanted} } }` });
    const { code, stderr } = await run();
    t.is(code, 0, stderr);
    t.true(file in there());
  }
  // The older protocol offers only what branches and tags point to.
  write({ 'b.yar': rule('B') });
  commit('second');
  const settings = join(cli.dir, 'gitconfig');
  writeFileSync(settings, '[protocol]\n version = 0\n');
  const old = await cli.runWith({ env: { ...env, GIT_CONFIG_GLOBAL: settings } }, 'rules', 'sync');
  t.is(old.code, 0, old.stderr);
  t.regex(old.stdout, /unchanged/);
  await cli.write({ 'rules/sources.yaml': `sources: { pack: { url: ${upstream}, commit: ${'f'.repeat(40)} } }` });
  const { code, stderr } = await run();
  t.is(code, 2);
  t.regex(stderr, /has no commit f{40}/);
});

test('a local path may be relative to the rules folder, and BinaryAlert sources are synced too', async (t) => {
  const { cli, run, upstream, there } = await setUp(t, { 'yara/a.yar': rule('A'), 'b.yar': rule('B') });
  await cli.write({
    'rules/sources.yaml': '',
    'rules/rule_sources.json': JSON.stringify({
      repos: [{ url: `./../../${basename(upstream)}`, include: ['yara/*'] }],
    }),
  });
  const { code, stderr } = await run();
  t.is(code, 0, stderr);
  t.deepEqual(Object.keys(there()).at(-1), `vendor/${basename(upstream)}/yara/a.yar`);
});

test('an unknown source is refused with names like it, and one source can be fetched alone', async (t) => {
  const { cli, run, upstream, there } = await setUp(t, { 'a.yar': rule('A') });
  await cli.write({
    'rules/sources.yaml': `sources: { signature-base: { url: ${upstream} }, other: { url: /nowhere } }`,
  });
  const { code, stderr } = await run('signature-bass');
  t.is(code, 2);
  t.is(stderr, 'error[ERR_USAGE]: Unknown source "signature-bass". Similar names:\n  signature-base\n');
  t.is((await run('signature-base')).code, 0);
  t.true('vendor/signature-base/a.yar' in there());
});

test('a source that fails does not stop the others, and stays as it was', async (t) => {
  const { cli, run, upstream, there } = await setUp(t, { 'a.yar': rule('A') });
  await cli.write({ 'rules/sources.yaml': `sources: { bad: { url: ${upstream}/gone }, pack: { url: ${upstream} } }` });
  const { code, stdout, stderr } = await run();
  t.is(code, 2);
  t.regex(stderr, /^error\[ERR_CONFIG\]: Source bad: Cannot fetch .*gone: .*does not appear to be a git repository/);
  t.regex(stdout, /2 sources: 1 updated, 1 failed/);
  t.true('vendor/pack/a.yar' in there());
});

test('symbolic links, submodules and pointers of LFS are refused, and nothing is written', async (t) => {
  const lfs = 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n';
  const hostile: Readonly<Record<string, (git: (...args: string[]) => string, dir: string) => void>> = {
    'yara/l.yar is a symbolic link': (_, dir) => symlinkSync('/etc/passwd', join(dir, 'yara/l.yar')),
    'yara/sub is a submodule': (git) =>
      git('update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},yara/sub`),
    'yara/lfs.yar is a pointer of Git LFS': (_, dir) => writeFileSync(join(dir, 'yara/lfs.yar'), lfs),
    'lib/x.inc, which a rule file includes, is a symbolic link': (_, dir) => {
      mkdirSync(join(dir, 'lib'));
      symlinkSync('/etc/passwd', join(dir, 'lib/x.inc'));
      writeFileSync(join(dir, 'yara/i.yar'), `include "../lib/x.inc"\n${rule('I')}`);
    },
    'collides with another entry': (_, dir) => writeFileSync(join(dir, 'yara/A.yar'), rule('B')),
  };
  for (const [said, make] of Object.entries(hostile)) {
    const { run, git, upstream, there } = await setUp(t, { 'yara/a.yar': rule('A') });
    make((...args) => git(...args), upstream);
    git('add', '--all', '--', ':!yara/sub');
    git('commit', '--quiet', '--message=hostile');
    const before = there();
    const { code, stderr } = await run();
    t.is(code, 2, said);
    t.true(stderr.includes(said), `${said}: ${stderr}`);
    t.regex(stderr, /Leave out what is refused with files\.exclude/);
    t.deepEqual(there(), before);
  }
});

test('excluding what is refused lets the rest through', async (t) => {
  const { cli, run, git, upstream, there } = await setUp(t, { 'yara/a.yar': rule('A') });
  symlinkSync('/etc/passwd', join(upstream, 'yara/l.yar'));
  symlinkSync('yara', join(upstream, 'rules'));
  git('add', '--all');
  git('update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},sub`);
  git('commit', '--quiet', '--message=hostile');
  await cli.write({
    'rules/sources.yaml': `sources: { pack: { url: ${upstream}, files: { exclude: [l.yar, sub/] } } }`,
  });
  const { code, stderr } = await run();
  t.is(code, 0, stderr);
  t.deepEqual(Object.keys(there()).slice(2), ['vendor/pack/yara/a.yar']);
});

test('trees that git itself would not make write nothing anywhere', async (t) => {
  const { run, git, gitWith, there, cli } = await setUp(t, { 'a.yar': rule('A') });
  const before = there();
  const blob = gitWith(rule('Evil'), 'hash-object', '-w', '--stdin');
  const entry = (mode: string, name: string, oid: string) =>
    Buffer.concat([Buffer.from(`${mode} ${name}\0`), Buffer.from(oid, 'hex')]);
  const make = (...entries: readonly Buffer[]) =>
    gitWith(Buffer.concat(entries), 'hash-object', '-w', '-t', 'tree', '--literally', '--stdin');
  const inner = make(entry('100644', 'evil.yar', blob));
  const link = gitWith('/tmp', 'hash-object', '-w', '--stdin');
  for (const [root, said] of [
    [make(entry('40000', '..', inner)), /leads elsewhere/],
    [make(entry('100644', '../evil.yar', blob)), /leads elsewhere/],
    [make(entry('100644', '/evil.yar', blob)), /leads elsewhere/],
    [make(entry('40000', 'a', make(entry('40000', '..', make(entry('40000', '..', inner)))))), /leads elsewhere/],
    [make(entry('100644', 'C:evil.yar', blob)), /on Windows/],
    [make(entry('100644', 'a\\evil.yar', blob)), /on Windows/],
    // Names that start with a dot are left out.
    [make(entry('100644', '..\\evil.yar', blob)), /no rule file/],
    [make(entry('100644', 'a\nb.yar', blob)), /control or format/],
    [make(entry('100644', 'a\u202eb.yar', blob)), /control or format/],
    [make(entry('100644', 'con.yar', blob)), /on Windows/],
    [make(entry('120000', 'dir', link), entry('40000', 'dir', inner)), null],
    [make(entry('100644', 'evil.yar', blob), entry('100644', 'evil.yar', blob)), /collides/],
    [make(entry('100644', 'x.yar', blob), entry('40000', 'x.yar', inner)), /collides/],
    [make(entry('40000', 'A', inner), entry('40000', 'a', make(entry('100644', 'other.yar', blob)))), /collides/],
    [make(entry('100644', 'evil.yar', '1'.repeat(40))), /Cannot fetch|lacks the content/],
  ] as const) {
    const commit = git('commit-tree', '-m', 'evil', root);
    git('update-ref', 'refs/heads/main', commit);
    const { code, stderr } = await run();
    if (said === null) {
      t.is(code, 0, stderr);
      t.deepEqual(Object.keys(there()).slice(2), ['vendor/pack/dir/evil.yar']);
      t.true(lstatSync(join(cli.dir, 'rules/vendor/pack/dir')).isDirectory());
      rmSync(join(cli.dir, 'rules/vendor'), { recursive: true });
      rmSync(join(cli.dir, 'rules/sources.lock.json'));
      continue;
    }
    t.is(code, 2, `${said} ${stderr}`);
    t.regex(stderr, said);
    t.deepEqual(there(), before, String(said));
  }
  t.false(existsSync(join(cli.dir, 'evil.yar')));
  t.deepEqual(readdirSync(cli.dir), ['rules']);
});

test('links in the place of the folders are not followed', async (t) => {
  const { cli, run } = await setUp(t, { 'a.yar': rule('A') });
  const elsewhere = tempFolder(t);
  writeFileSync(join(elsewhere, 'kept.txt'), 'x');
  for (const name of ['rules/vendor', 'rules/vendor/.sync', 'rules/vendor/pack']) {
    const place = join(cli.dir, name);
    rmSync(join(cli.dir, 'rules/vendor'), { recursive: true, force: true });
    mkdirSync(join(place, '..'), { recursive: true });
    symlinkSync(elsewhere, place);
    const { code, stderr } = await run();
    t.is(code, 2, name);
    t.regex(stderr, /is not a folder/, name);
    t.deepEqual(readdirSync(elsewhere), ['kept.txt'], name);
  }
});

test('a lock that names other folders removes nothing', async (t) => {
  const { cli, run } = await setUp(t, { 'a.yar': rule('A') });
  await cli.write({ 'kept/a.yar': rule('Kept') });
  await run();
  const path = join(cli.dir, 'rules/sources.lock.json');
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, text.replace('"namespace": "pack"', '"namespace": "../../kept"'));
  const { code, stderr } = await run();
  t.is(code, 2);
  t.regex(stderr, /rules\/sources\.lock\.json:\d+:\d+: error: sources\[0\]\.namespace is not a name for a folder/);
  t.true(existsSync(join(cli.dir, 'kept/a.yar')));
  writeFileSync(path, `${text}<<<<<<<`);
  t.regex((await run('--check')).stderr, /restore it from version control/);
});

test('a folder that no source owns is not overwritten', async (t) => {
  const { cli, run } = await setUp(t, { 'a.yar': rule('A') });
  await cli.write({ 'rules/vendor/pack/mine.yar': rule('Mine') });
  const { code, stderr } = await run();
  t.is(code, 2);
  t.regex(stderr, /vendor\/pack exists, and no source in the lock has it/);
  t.true(existsSync(join(cli.dir, 'rules/vendor/pack/mine.yar')));
});

test('hooks, filters, helpers and other protocols never run', async (t) => {
  const { cli, run, upstream, git } = await setUp(t, { 'a.yar': rule('A'), '.gitattributes': '*.yar filter=evil\n' });
  const marker = join(cli.dir, 'ran');
  const script = `#!/bin/sh\ntouch ${marker}\n`;
  const hooks = join(cli.dir, 'hooks');
  mkdirSync(hooks);
  for (const name of ['post-checkout', 'reference-transaction', 'post-index-change', 'fsmonitor-watchman']) {
    for (const dir of [hooks, join(upstream, '.git/hooks')]) {
      mkdirSync(dir, { recursive: true });
      writeFileSync(join(dir, name), script);
      chmodSync(join(dir, name), 0o755);
    }
  }
  writeFileSync(
    join(cli.dir, 'gitconfig'),
    `[core]\n hooksPath = ${hooks}\n fsmonitor = ${hooks}/fsmonitor-watchman\n[filter "evil"]\n smudge = touch ${marker}\n required = true\n[protocol]\n allow = always\n[protocol "ext"]\n allow = always\n[url "ext::touch ${marker} "]\n insteadOf = https://example.invalid/\n`,
  );
  const runWith = () =>
    cli.runWith({ env: { ...env, GIT_CONFIG_GLOBAL: join(cli.dir, 'gitconfig') } }, 'rules', 'sync');
  const { code, stderr } = await runWith();
  t.is(code, 0, stderr);
  git('config', 'uploadpack.packObjectsHook', `touch ${marker}`);
  t.is((await runWith()).code, 0);
  await cli.write({ 'rules/sources.yaml': 'sources: { pack: { url: "https://example.invalid/x" } }' });
  const refused = await runWith();
  t.not(refused.code, 0);
  t.regex(refused.stderr, /transport 'ext' not allowed/);
  t.false(existsSync(marker));
  t.is((await run('--check')).code, 1);
});

test('the licence is compared with the declared one', async (t) => {
  const { cli, run, write, commit, upstream } = await setUp(t, { 'a.yar': rule('A') });
  const warned = async (declared: string) => {
    await cli.write({ 'rules/sources.yaml': `sources: { pack: { url: ${upstream}${declared} } }` });
    const { code, stderr } = await run();
    t.is(code, 0);
    return stderr;
  };
  t.regex(await warned(''), /^warning: pack: no licence file at the top of the repository: check/);
  write({ 'LICENSE.md': 'Do as I say.' });
  commit('odd');
  t.regex(await warned(', licence: MIT'), /the licence in LICENSE\.md is not a common one, and MIT is declared/);
  write({ 'LICENSE.md': mit });
  commit('mit');
  t.is(await warned(''), '');
  t.is(await warned(', licence: mit'), '');
  t.regex(await warned(', licence: GPL-3.0-only'), /LICENSE\.md is MIT, and GPL-3\.0-only is declared/);
});

test('a run that is killed at any step is undone or completed by the next run', async (t) => {
  const script = fileURLToPath(new URL('../../../testing/cli/killed-sync.ts', import.meta.url));
  for (const scenario of ['first', 'change', 'removal'] as const) {
    for (const step of ['written', 'old moved', 'new moved', 'locked']) {
      const { cli, run, write, commit, upstream, there } = await setUp(t, { 'a.yar': rule('A') });
      if (scenario !== 'first') await run();
      const before = there();
      write({ 'a.yar': rule('A2'), 'b.yar': rule('B') });
      commit('second');
      if (scenario === 'removal') await cli.write({ 'rules/sources.yaml': '' });
      const killed = spawnSync(
        process.execPath,
        ['--disable-warning=ExperimentalWarning', script, join(cli.dir, 'rules'), step],
        {
          env,
        },
      );
      t.is(killed.signal, 'SIGKILL', `${scenario} ${step}: ${killed.stderr.toString()}`);
      t.regex((await run('--check')).stdout, /interrupted sync/);
      // Without the upstream, the next run cannot complete the change: it undoes it.
      const away = `${upstream}-away`;
      execFileSync('mv', [upstream, away]);
      await run();
      execFileSync('mv', [away, upstream]);
      if (scenario === 'removal' || step === 'locked') t.is((await run('--check')).code, 0, `${scenario} ${step}`);
      else t.deepEqual(there(), before, `${scenario} ${step}`);
      t.is((await run()).code, 0);
      t.is((await run('--check')).code, 0, `${scenario} ${step}`);
      t.false(existsSync(join(cli.dir, 'rules/vendor/.sync')));
    }
  }
});

const page = (name: string) => readFile(new URL(`../../../../docs/${name}`, import.meta.url), 'utf8');

test('the how-to shows what the commands print', async (t) => {
  const cli = await createTestCli(t);
  const upstream = join(cli.dir, 'team-rules');
  await cli.write({
    'team-rules/yara/loader.yar': rule('Loader'),
    'team-rules/yara/stealer.yar': rule('Stealer'),
    'team-rules/yara/broken.yar': 'rule Broken_Rule { condition: thor }\n',
    'team-rules/LICENSE': mit,
    'rules/sources.yaml': 'sources:\n  team: { url: ../team-rules, licence: Apache-2.0 }\n',
  });
  createGitRepository(upstream).commit('first');
  const text = await page('how-to/bring-in-public-rules.md');
  const blocks = [...text.matchAll(/^```console\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block);
  t.is(blocks.length, 4);
  for (const shown of blocks) {
    const lines: string[] = [];
    for (const line of shown.split('\n').filter((each) => each.startsWith('$ '))) {
      const args = line.split(' -- ')[1]?.split(' ');
      lines.push(line);
      if (args === undefined) execFileSync('sh', ['-c', line.slice(2)], { cwd: cli.dir });
      else {
        // Both streams in one, as on a terminal.
        const { stream, text: printed } = collector();
        await cli.runWith({ env, stdout: stream, stderr: stream }, ...args);
        lines.push(...printed().trimEnd().split('\n'));
      }
    }
    t.is(shown, `${lines.join('\n')}\n`);
  }
});

test('the reference lists every key, and its example is read', async (t) => {
  const text = await page('reference/sources.md');
  const keys = text.slice(text.indexOf('## Keys'), text.indexOf('## Patterns'));
  const listed = [...keys.matchAll(/^\| (`\w+`(?:, `\w+`)*) \|/gm)].flatMap(([, row = '']) => row.match(/\w+/g) ?? []);
  t.deepEqual(listed.toSorted(), [...sourceKeys].toSorted());
  for (const each of [text, await page('how-to/bring-in-public-rules.md')]) {
    const example = /^```yaml\n([\s\S]*?)^```$/m.exec(each)?.[1] ?? '';
    t.true(parseSources('page', example).length > 0);
  }
});
