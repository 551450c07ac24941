import { readdirSync } from 'node:fs';
import { mkdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { createGitRepository } from '../../testing/cli/git-repository.ts';
import { createTestCli } from '../../testing/cli/run-cli.ts';
import { runCliProcess } from '../../testing/cli/run-cli-process.ts';
import { tempFolder } from '../../testing/temp-folder.ts';

const rule = (name: string, text: string) => `rule ${name} { strings: $a = "${text}" condition: $a }\n`;

async function setUp(t: ExecutionContext, files: Readonly<Record<string, string | Uint8Array>>) {
  const cli = await createTestCli(t);
  const repository = createGitRepository(cli.dir);
  await cli.write(files);
  const first = repository.commit('first');
  const diff = (base: string, ...args: readonly string[]) => cli.run('rules', 'diff', '--base', base, ...args);
  const changes = async (base: string, ...args: readonly string[]) => {
    const { code, stderr, lines } = await diff(base, '--json', ...args);
    t.is(code, 0, stderr);
    const found: unknown = lines[0]?.['changes'];
    return Array.isArray(found)
      ? found.map(({ kind, rule: id }: { kind: string; rule: string }) => `${kind} ${id}`)
      : [];
  };
  return { cli, ...repository, first, diff, changes };
}

test('a base from Git is the rules folder of that revision, whatever is in the index and the working tree', async (t) => {
  const { cli, git, first, changes, commit } = await setUp(t, {
    'rules/a.yar': rule('Kept', 'kept') + rule('Edited', 'before') + rule('Gone', 'gone'),
    'rules/deep/er/b.yar': 'include "part.inc"\n',
    'rules/part.inc': rule('Included', 'included'),
    'elsewhere/c.yar': rule('Elsewhere', 'elsewhere'),
  });
  await cli.write({ 'rules/a.yar': rule('Kept', 'kept') + rule('Edited', 'after') });
  commit('second');
  await cli.write({ 'rules/new.yar': rule('Unstaged', 'unstaged') });
  const status = git('status', '--porcelain');
  const expected = ['logic a.yar:Edited', 'added new.yar:Unstaged', 'removed a.yar:Gone'];
  t.deepEqual(await changes('git:HEAD^1'), expected);
  t.deepEqual(await changes(`git:${first}`), expected);
  t.deepEqual(await changes('git:main'), ['added new.yar:Unstaged']);
  t.is(git('status', '--porcelain'), status);
});

test('the folder of the rules may have any name', async (t) => {
  for (const name of [':top', ':(exclude)rules', '[a]*', '-x', 'two words\n\u00e9']) {
    const { cli, changes } = await setUp(t, {
      [`in/${name}/a.yar`]: rule('Old', 'old'),
      [`${name}/a.yar`]: rule('Old', 'old'),
    });
    await cli.write({ [`${name}/a.yar`]: rule('Old', 'new') });
    t.deepEqual(await changes('git:HEAD', '--rules', `./${name}`), ['logic a.yar:Old'], name);
    t.deepEqual(await changes('git:HEAD', '--rules', `in/${name}`), [], name);
  }
});

test('a revision without the rules folder has no rules', async (t) => {
  const { cli, commit, changes } = await setUp(t, { readme: 'no rules yet' });
  await cli.write({ 'some/rules/a.yar': rule('New', 'new') });
  commit('second');
  t.deepEqual(await changes('git:HEAD^1', '--rules', 'some/rules'), ['added a.yar:New']);
});

test('the rules folder may be the whole repository, and may be seen from a linked worktree or a shallow clone', async (t) => {
  const { cli, commit, changes, git } = await setUp(t, { 'a.yar': rule('Old', 'old') });
  await cli.write({ 'b.yar': rule('New', 'new') });
  commit('second');
  t.deepEqual(await changes('git:HEAD^1', '--rules', '.'), ['added b.yar:New']);
  git('worktree', 'add', '--quiet', 'linked', 'HEAD');
  t.deepEqual(await changes('git:HEAD^1', '--rules', 'linked'), ['added b.yar:New']);
  git('clone', '--quiet', '--depth=2', `file://${cli.dir}`, 'shallow');
  t.deepEqual(await changes('git:HEAD^1', '--rules', 'shallow'), ['added b.yar:New']);
});

test('a revision that is not there is wrong usage, and the message shows how to fetch it', async (t) => {
  const { cli, diff, git } = await setUp(t, { 'rules/a.yar': rule('Old', 'old') });
  for (const revision of ['HEAD^1', 'nowhere', '', 'HEAD:rules/a.yar', 'main..main', 'a\nb', '--all', '-h', '--help']) {
    const { code, stdout, stderr } = await diff(`git:${revision}`);
    t.is(code, 2, revision);
    t.is(stdout, '');
    t.true(stderr.includes(`has no commit ${JSON.stringify(revision)}`), stderr);
    t.regex(stderr, /git fetch --deepen/);
  }
  git('clone', '--quiet', '--depth=1', `file://${cli.dir}`, 'shallow');
  t.is((await diff('git:HEAD^1', '--rules', 'shallow/rules')).code, 2);
});

test('a folder in no repository is wrong usage', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ 'rules/a.yar': rule('Old', 'old') });
  const { code, stderr } = await cli.run('rules', 'diff', '--base', 'git:HEAD');
  t.is(code, 2);
  t.regex(stderr, /rules is not in a readable Git repository/);
});

test('a revision that does not compile is named with its path, and its copy is removed', async (t) => {
  const { cli, commit } = await setUp(t, {
    'x/rules/a.yar': 'rule Bad { condition: foo }',
    'x/rules/b.yar': 'include "gone.inc"',
  });
  const temp = tempFolder(t);
  await symlink('nowhere.yar', join(cli.dir, 'x/rules/link.yar'));
  await cli.write({ 'x/rules/a.yar': rule('Good', 'good') });
  commit('second');
  for (const revision of ['HEAD^1', 'HEAD']) {
    const { code, stdout, stderr } = await runCliProcess(
      ['rules', 'diff', '--base', `git:${revision}`, '--rules', 'x/rules'],
      { cwd: cli.dir, env: { TMPDIR: temp } },
    );
    t.is(code, 1);
    t.is(stdout, '');
    t.false(stderr.includes(temp), stderr);
    t.true(stderr.includes(`git:${revision}:x/rules/b.yar:1:1: error: include "gone.inc"`), stderr);
    if (revision === 'HEAD') t.regex(stderr, /^git:HEAD:x\/rules\/link\.yar:0:0: error: .*leads nowhere/m);
    else t.regex(stderr, /^git:HEAD\^1:x\/rules\/a\.yar:1:23: error: /m);
  }
  t.deepEqual(readdirSync(temp), []);
});

test('files of any name and links within the folder are included; links out of it are refused', async (t) => {
  const { cli, git, commit, changes, diff } = await setUp(t, {
    'rules/with space\n"and" é.yar': rule('Odd', 'odd'),
    'rules/-rf.yar': rule('Dashed', 'dashed'),
    'rules/target.txt': rule('Linked', 'linked'),
    'outside.yar': rule('Outside', 'outside'),
  });
  await symlink('target.txt', join(cli.dir, 'rules/link.yar'));
  commit('second');
  await rm(join(cli.dir, 'rules'), { recursive: true });
  await mkdir(join(cli.dir, 'rules'));
  t.deepEqual(await changes('git:HEAD'), [
    'removed -rf.yar:Dashed',
    'removed link.yar:Linked',
    'removed with space\n"and" é.yar:Odd',
  ]);
  git('checkout', '--quiet', '.');
  await symlink('../outside.yar', join(cli.dir, 'rules/out.yar'));
  commit('third');
  await rm(join(cli.dir, 'rules/out.yar'));
  const { code, stderr } = await diff('git:HEAD');
  t.is(code, 0);
  t.regex(
    stderr,
    /^git:HEAD:rules\/out\.yar:0:0: error: .*leads nowhere|^git:HEAD:rules\/out\.yar:0:0: error: .*not followed/,
  );
});

test('submodules are left out', async (t) => {
  const { git, first, changes } = await setUp(t, { 'rules/a.yar': rule('Old', 'old') });
  git('update-index', '--add', '--cacheinfo', `160000,${first},rules/module.yar`);
  git('commit', '--quiet', '--message=module');
  t.deepEqual(await changes('git:HEAD'), []);
});

test('a tree that leads out of its folder, or has one name twice, is refused', async (t) => {
  const { gitWith, git, diff } = await setUp(t, { 'rules/a.yar': rule('Old', 'old') });
  const blob = gitWith(rule('Evil', 'evil'), 'hash-object', '-w', '--stdin');
  const link = gitWith('/tmp', 'hash-object', '-w', '--stdin');
  const entry = (mode: string, name: string, oid: string) =>
    Buffer.concat([Buffer.from(`${mode} ${name}\0`), Buffer.from(oid, 'hex')]);
  const tree = (...entries: readonly Buffer[]) =>
    gitWith(Buffer.concat(entries), 'hash-object', '-w', '-t', 'tree', '--literally', '--stdin');
  const commitOf = (rules: string) => git('commit-tree', '-m', 'evil', tree(entry('40000', 'rules', rules)));
  const inner = tree(entry('100644', 'evil.yar', blob));
  for (const hostile of [
    tree(entry('40000', '..', inner)),
    tree(entry('100644', '../evil.yar', blob)),
    tree(entry('120000', 'dir', link), entry('40000', 'dir', inner)),
    tree(entry('100644', 'evil.yar', blob), entry('100644', 'evil.yar', blob)),
  ]) {
    const { code, stderr } = await diff(`git:${commitOf(hostile)}`);
    t.is(code, 2, stderr);
    t.regex(stderr, /cannot be copied/);
  }
});

test('a rules folder that is a file in the revision is refused', async (t) => {
  const { cli, diff, commit } = await setUp(t, { rules: 'a file' });
  await rm(join(cli.dir, 'rules'));
  await cli.write({ 'rules/a.yar': rule('New', 'new') });
  commit('second');
  const { code, stderr } = await diff('git:HEAD^1');
  t.is(code, 2);
  t.regex(stderr, /git:HEAD\^1:rules is not a folder/);
});

test('variables of a hook do not lead git to another repository', async (t) => {
  const { cli } = await setUp(t, { 'rules/a.yar': rule('Old', 'old') });
  const { code, stderr } = await cli.runWith(
    {
      env: {
        ...{ GIT_ICASE_PATHSPECS: '1', GIT_DIR: '/nowhere', GIT_WORK_TREE: '/nowhere', GIT_INDEX_FILE: '/nowhere' },
        ...{
          GIT_OBJECT_DIRECTORY: '/nowhere',
          GIT_ALTERNATE_OBJECT_DIRECTORIES: '/nowhere',
          GIT_SHALLOW_FILE: '/nowhere',
        },
        ...{ GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'core.repositoryFormatVersion', GIT_CONFIG_VALUE_0: '99' },
        ...{ GIT_CONFIG_PARAMETERS: "'nonsense", GIT_CONFIG: '/nowhere', GIT_TRACE: '/nowhere/trace' },
      },
    },
    ...['rules', 'diff', '--base', 'git:HEAD'],
  );
  t.is(code, 0, stderr);
});
