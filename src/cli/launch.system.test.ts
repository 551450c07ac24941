import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, constants } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { createTestCli } from '../testing/cli/run-cli.ts';

const main = fileURLToPath(new URL('./launch.mjs', import.meta.url));

function start(cwd: string, ...args: readonly string[]) {
  // Coverage is collected only of the processes of ava.
  const env = { ...process.env, NODE_V8_COVERAGE: '' };
  return spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, ...args], { cwd, env });
}

async function finish(child: ReturnType<typeof start>) {
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += String(chunk);
  });
  child.stderr.on('data', (chunk) => {
    stderr += String(chunk);
  });
  const [code] = await once(child, 'close');
  return { code: Number(code), stdout, stderr };
}

test('the program runs without a build', async (t) => {
  await t.notThrowsAsync(access(main, constants.X_OK));
});

test('help and wrong usage of the real process', async (t) => {
  const cli = await createTestCli(t);
  const help = await finish(start(cli.dir, '--help'));
  t.is(help.code, 0);
  t.regex(help.stdout, /Exit codes/);
  t.is(help.stderr, '');
  const wrong = await finish(start(cli.dir, 'nonsense'));
  t.is(wrong.code, 2);
  t.is(wrong.stdout, '');
});

test('a command loads only what it uses', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ 'a.txt': 'a' });
  t.is((await cli.run('upload', 'a.txt')).code, 0);
  const counter = `data:text/javascript,${encodeURIComponent(`
    import { registerHooks } from 'node:module';
    registerHooks({ load: (url, context, next) => (process.stderr.write(url + '\\n'), next(url, context)) });
  `)}`;
  const loaded = async (...args: readonly string[]) => {
    const child = spawn(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', '--import', counter, main, ...args],
      {
        cwd: cli.dir,
        env: { ...process.env, NODE_V8_COVERAGE: '' },
      },
    );
    return (await finish(child)).stderr.split('\n').filter((line) => line.startsWith('file:'));
  };
  const help = await loaded('--help');
  t.true(help.length > 5 && help.length < 60, `${help.length} modules`);
  for (const url of help)
    t.notRegex(url, /node_modules\/(?!commander\/)|src\/(adapters|app|engine|targets|cli\/commands\/)/);
  const list = await loaded('matches', 'list');
  t.true(list.some((url) => url.endsWith('match-store.ts')));
  t.true(list.length < 70, `${list.length} modules`);
  // A list of matches reads a table: no schema library, no parser of rules, no other store.
  for (const url of list)
    t.notRegex(
      url,
      /node_modules\/(?!commander\/)|src\/(engine|adapters\/aws|rules\/(file|lint|syntax))\/|local-target|(queue|scan-store|record-store|ruleset-library)\.ts/,
    );
  const scans = await loaded('retro', 'list');
  t.true(scans.some((url) => url.endsWith('local-target.ts')));
  for (const url of scans) t.notRegex(url, /@aws-sdk|@octokit|yara-x|src\/(engine|adapters\/aws)\//);
  await cli.write({ 'rules/a.yar': 'rule A { condition: true }', 'corpus/a.txt': 'a' });
  for (const command of [
    ['up', '--once', '--corpus', 'corpus'],
    ['upload', 'a.txt'],
  ]) {
    const local = await loaded(...command);
    t.true(local.some((url) => url.endsWith('local-target.ts')));
    for (const url of local) t.notRegex(url, /@aws-sdk|@octokit|src\/adapters\/aws\//);
  }
});

const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux(
  'up runs with the settings of the allocator in the process that was started, unless they are set',
  async (t) => {
    const cli = await createTestCli(t);
    const report = `data:text/javascript,${encodeURIComponent(`
    import { isMainThread } from 'node:worker_threads';
    if (isMainThread) process.on('exit', () => process.stderr.write(process.pid + ' ' + process.env.MALLOC_ARENA_MAX + '\\n'));
  `)}`;
    const settingOf = async (env: Readonly<Record<string, string>>, ...args: readonly string[]) => {
      const node = ['--disable-warning=ExperimentalWarning', '--import', report, main, ...args];
      const child = spawn(process.execPath, node, {
        cwd: cli.dir,
        env: { ...process.env, NODE_V8_COVERAGE: '', ...env },
      });
      const { stderr } = await finish(child);
      const [, setting] = new RegExp(`^${child.pid} (\\w+)$`, 'm').exec(stderr) ?? [];
      return setting;
    };
    t.is(await settingOf({}, 'up', '--help'), '2');
    t.is(await settingOf({ MALLOC_ARENA_MAX: '7' }, 'up', '--help'), '7');
    t.is(await settingOf({}, '--help'), 'undefined');
  },
);

test('a reader that has had enough ends the program quietly', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ 'rules/a.yar': 'rule A { condition: true }' });
  await cli.write(Object.fromEntries(Array.from({ length: 2000 }, (_, n) => [`f/${'x'.repeat(100)}${n}`, `${n}`])));
  const child = start(cli.dir, 'scan', 'f', '--json');
  child.stdout.once('data', () => child.stdout.destroy());
  const { code, stderr } = await finish(child);
  t.is(code, 0);
  t.is(stderr, '');
});

test('SIGINT ends a scan with 130 and leaves no worker behind', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ 'rules/a.yar': 'rule A { condition: for all i in (0..3000000) : (i >= 0) }' });
  await cli.write(Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`f/${n}`, 'x'])));
  const child = start(cli.dir, 'scan', 'f', '--json', '--jobs', '1');
  child.stdout.once('data', () => child.kill('SIGINT'));
  const { code, stderr } = await finish(child);
  t.is(code, 130);
  t.regex(stderr, /Interrupted/);
});
