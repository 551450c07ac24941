import { execFileSync } from 'node:child_process';
import { rmSync, statSync, truncateSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { createGitRepository } from '../../testing/cli/git-repository.ts';
import { createTestCli, type TestCli, testedRule } from '../../testing/cli/run-cli.ts';
import { runCliProcess } from '../../testing/cli/run-cli-process.ts';

const rule = (word: string) => testedRule('Evil', word);

async function withRepository(t: ExecutionContext) {
  const cli = await createTestCli(t);
  await cli.write({ '.gitignore': '.rearview\nclone\n' });
  const repository = createGitRepository(cli.dir);
  const commit = async (word: string) => {
    await cli.write(rule(word));
    return repository.commit(word);
  };
  return { cli, ...repository, commit };
}

const current = async (cli: TestCli) => (await cli.run('ruleset', 'list', '--json')).lines[0];

test('publish --commit never goes back, and reports which commit is active', async (t) => {
  const { cli, git, commit } = await withRepository(t);
  const [first, second] = [await commit('one'), await commit('two')];
  const published = await cli.run('publish', '--commit', second);
  t.is(published.code, 0, published.stderr);
  t.regex(published.stdout, new RegExp(`^[0-9a-f]{64} {2}number 1 {2}commit ${second} {2}published\\n\\+ `));
  const again = await cli.run('publish', '--commit', second.toUpperCase(), '--json');
  t.like(again.lines[0], { state: 'unchanged', sequence: 1, commit: second });
  t.is(again.lines.length, 1);

  git('checkout', '--quiet', first);
  const late = await cli.run('publish', '--commit', first);
  t.is(late.code, 0);
  t.regex(late.stdout, /number 1 .* superseded\n$/);
  t.true(late.stderr.includes(`a later commit is active, ${second}, which contains ${first}`), late.stderr);
  t.like((await cli.run('publish', '--commit', first, '--json')).lines[0], { state: 'superseded', commit: second });
  const uncommitted = await cli.run('publish', '--commit', second);
  t.is(uncommitted.code, 0);
  t.regex(uncommitted.stderr, /another ruleset of the commit/);
  t.like(await current(cli), { sequence: 1, commit: second });
});

test('if Git lacks the active commit, nothing is published, and the message names what to fetch', async (t) => {
  const { cli, commit } = await withRepository(t);
  const first = await commit('one');
  t.is((await cli.run('publish', '--commit', first)).code, 0);
  await commit('two');
  execFileSync('git', ['clone', '--quiet', '--depth=1', `file://${cli.dir}`, join(cli.dir, 'clone')]);
  const shallow = { cwd: join(cli.dir, 'clone') };
  const args = ['publish', '--state', join(cli.dir, '.rearview'), '--commit'];
  const head = execFileSync('git', ['rev-parse', 'HEAD'], shallow).toString().trim();
  const { code, stdout, stderr } = await cli.runWith(shallow, ...args, head);
  t.is(code, 2);
  t.is(stdout, '');
  t.regex(stderr, new RegExp(`does not know the commit ${first}[\\s\\S]*fetch-depth: 0`));
  t.like(await current(cli), { sequence: 1 });
  execFileSync('git', ['fetch', '--quiet', '--unshallow'], shallow);
  t.is((await cli.runWith(shallow, ...args, head)).code, 0);
  t.like(await current(cli), { sequence: 2, commit: head });
});

test('an abbreviated commit is wrong usage', async (t) => {
  const { cli, commit } = await withRepository(t);
  const sha = await commit('one');
  for (const wrong of [sha.slice(0, 12), 'HEAD', '--upload-pack=touch x', `${sha}^`, '']) {
    const { code, stderr } = await cli.run('publish', `--commit=${wrong}`);
    t.is(code, 2);
    t.regex(stderr, /--commit: Invalid commit/);
  }
  t.is((await cli.run('publish', '--commit', 'f'.repeat(40))).code, 0, 'with nothing in force there is nothing to ask');
  t.is((await cli.run('publish', '--commit', sha)).code, 2, 'then there is');
});

test('ruleset list shows the active ruleset and earlier ones; rollback makes an earlier one active and reports the changes, and the next merge publishes again', async (t) => {
  const { cli, git, commit } = await withRepository(t);
  t.is((await cli.run('ruleset', 'list')).code, 2, 'there is no state yet');
  const first = await commit('one');
  await cli.run('publish', '--commit', first);
  const second = await commit('two');
  await cli.run('publish', '--commit', second);
  const listed = await cli.run('ruleset', 'list');
  t.regex(
    listed.stdout,
    new RegExp(`^NUMBER[^\\n]*\\n +2 {2}[0-9a-f]{64} .*${second} {2}active\\n +1 {2}[0-9a-f]{64} .*${first}\\n$`),
  );

  const back = await cli.run('ruleset', 'rollback');
  t.is(back.code, 0, back.stderr);
  t.regex(back.stdout, new RegExp(`number 3 {2}commit ${first} {2}active again, the same as number 1\n~ `));
  t.regex(back.stderr, /"rearview retro start"/);
  t.like(await current(cli), { sequence: 3, commit: first, inForce: true });
  const done = await cli.run('ruleset', 'rollback', '1', '--json');
  t.like(done.lines[0], { state: 'unchanged', sequence: 3 });
  t.is((await cli.run('ruleset', 'rollback', '--replaces', 'a'.repeat(64))).code, 1);
  t.is((await cli.run('ruleset', 'rollback', '7')).code, 2);

  git('revert', '--no-edit', 'HEAD');
  await cli.write(testedRule('Other', 'three'));
  const third = await commit('one');
  const next = await cli.run('publish', '--commit', third);
  t.is(next.code, 0, next.stderr);
  t.like(await current(cli), { sequence: 4, commit: third });
});

test('an earlier ruleset that can no longer be read stops neither a publish nor a rollback', async (t) => {
  const { cli, commit } = await withRepository(t);
  await cli.run('publish', '--commit', await commit('one'));
  const dir = join(cli.dir, '.rearview/rulesets');
  const files = async () =>
    (await readdir(dir, { recursive: true })).filter((each) => statSync(join(dir, each)).isFile());
  const before = await files();
  await cli.run('publish', '--commit', await commit('two'));
  for (const each of await files())
    if (!before.includes(each)) await cli.write({ [join('.rearview/rulesets', each)]: 'x' });
  const back = await cli.run('ruleset', 'rollback');
  t.is(back.code, 0, back.stderr);
  t.regex(back.stdout, /number 3[\s\S]*Cannot show what changed/);
});

test('publishing stores the file of the active ruleset again if it is missing or truncated', async (t) => {
  const cli = await createTestCli(t);
  await cli.write(testedRule('Word', 'word'));
  t.is((await cli.run('publish')).code, 0);
  const dir = join(cli.dir, '.rearview/rulesets');
  for (const damage of [(file: string) => rmSync(file), (file: string) => truncateSync(file)]) {
    for (const each of await readdir(dir, { recursive: true })) {
      if (statSync(join(dir, each)).isFile()) damage(join(dir, each));
    }
    t.regex(
      (await cli.run('rules', 'diff')).stderr,
      /^error\[ERR_(NOT_FOUND|RULESET_UNUSABLE)\]: The file of the ruleset .* Publish the same rules again/,
    );
    const again = await cli.run('publish');
    t.is(again.code, 0, again.stderr);
    t.regex(again.stdout, /number 1 {2}active already; its file was stored again, because the stored one was damaged/);
    t.is((await cli.run('rules', 'diff')).code, 0);
  }
  t.regex((await cli.run('publish')).stdout, /active already\n/);
});

test('of two merges that publish at once, the later becomes active, whichever comes first', async (t) => {
  const { cli, git, commit } = await withRepository(t);
  const shas: string[] = [];
  for (let at = 0; at <= 6; at += 1) shas.push(await commit(`word${at}`));
  for (const [at, sha] of shas.entries())
    git('worktree', 'add', '--quiet', '--detach', join(cli.dir, 'clone', `${at}`), sha);
  const publish = (at: number) =>
    runCliProcess(['publish', '--state', join(cli.dir, '.rearview'), '--commit', shas[at] ?? '', '--json'], {
      cwd: join(cli.dir, 'clone', `${at}`),
      env: {},
    });
  // The later one begins before, with, and after the earlier one.
  for (const [round, lateByMs] of [-250, 0, 250].entries()) {
    const [earlier, later] = [2 * round + 1, 2 * round + 2];
    const ends = await Promise.all([
      sleep(Math.max(0, -lateByMs)).then(() => publish(earlier)),
      sleep(Math.max(0, lateByMs)).then(() => publish(later)),
    ]);
    t.deepEqual(
      ends.map(({ code }) => code),
      [0, 0],
      JSON.stringify(ends),
    );
    t.like(await current(cli), { commit: shas[later] });
  }
  const before = await cli.run('ruleset', 'list');
  t.regex((await publish(6)).stdout, /"unchanged"/);
  t.regex((await publish(3)).stdout, /"superseded"/);
  t.is((await cli.run('ruleset', 'list')).stdout, before.stdout);
});
