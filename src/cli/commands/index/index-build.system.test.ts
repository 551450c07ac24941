import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { createTestCli } from '../../../testing/cli/run-cli.ts';

const main = fileURLToPath(new URL('../../launch.mjs', import.meta.url));
const files = 60;
const kills = 8;

test('killed at any moment, a build leaves an index that excludes nothing wrongly, and can be finished', async (t) => {
  t.timeout(300_000);
  const cli = await createTestCli(t);
  const contents = Array.from({ length: files }, (_, index) => [
    `in/${index}.txt`,
    `${index} ${index % 20 === 0 ? 'needle' : 'straw'} ${'x'.repeat(index * 500)}`,
  ]);
  await cli.write({
    ...Object.fromEntries(contents),
    'rules/a.yar': 'rule A { strings: $a = "needle" condition: $a }',
  });
  t.is((await cli.run('upload', 'in')).code, 0);
  const search = async () => {
    const { lines, stderr } = await cli.run('hunt', 'needle', '--json', '--jobs', '1');
    t.notRegex(stderr, /cannot be used/);
    return { found: lines.length, excluded: Number(/objects: (\d+) excluded/.exec(stderr)?.[1]) };
  };
  let interrupted = 0;
  for (let round = 0; round < kills; round += 1) {
    const args = ['index', 'build', '--from-scratch', '--jobs', '1'];
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, ...args], {
      env: { ...process.env, NODE_V8_COVERAGE: '' },
      cwd: cli.dir,
      stdio: 'ignore',
    });
    const ended = once(child, 'exit');
    await Promise.race([ended, sleep(Math.random() * 3000)]);
    if (child.exitCode === null) interrupted += 1;
    child.kill('SIGKILL');
    await ended;
    t.is((await search()).found, 3);
  }
  t.log(`${interrupted} of ${kills} builds were interrupted`);
  const built = await cli.run('index', 'build', '--jobs', '1');
  t.is(built.code, 0, built.stderr);
  t.deepEqual(await search(), { found: 3, excluded: 57 });
  const verified = await cli.run('index', 'verify', '--sample', '60', '--jobs', '1');
  t.is(verified.code, 0, verified.stderr);
});
