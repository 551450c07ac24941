import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setInterval, setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { createTestCli, testedRule } from '../testing/cli/run-cli.ts';
import { tempFolder } from '../testing/temp-folder.ts';
import { exitCodes } from './exit-codes.ts';

/** Longer than a command takes from its last line to opening its output. */
const waitsMs = 1000;

function makeFifo(dir: string, name: string): void {
  mkdirSync(dirname(join(dir, name)), { recursive: true });
  execFileSync('mkfifo', [join(dir, name)]);
}

const sampleTest = (file: string) =>
  `tests:\n  - { name: s, sample: { file: ${file} }, matches: [] }\n  - { name: hit, sample: { text: evil }, matches: [Evil] }\n`;

/** Each: a FIFO, the command that reads it, its exit code. */
const named: readonly (readonly [string, readonly string[], number])[] = [
  ['rules/fifo.yar', ['rules', 'check'], exitCodes.problems],
  ['rule-tests/evil.yar.test.yaml', ['rules', 'test'], exitCodes.problems],
  ['rearview.yaml', ['rules', 'goodware', '--config', 'rearview.yaml'], exitCodes.usage],
  ['rearview.yaml', ['rules', 'goodware'], exitCodes.usage],
  ['built.fifo', ['scan', '--ruleset', 'built.fifo', 'rules'], exitCodes.usage],
  ['built.fifo', ['rules', 'diff', '--base', 'built.fifo'], exitCodes.usage],
  ['outputs.fifo', ['--target', 'aws', '--stack-outputs', 'outputs.fifo', 'ruleset', 'list'], exitCodes.usage],
  [
    'preview.fifo',
    ['github', 'infrastructure', 'preview.fifo', '--stack', 's', '--outcome', 'success', '--report', 'r.json'],
    exitCodes.usage,
  ],
];

for (const [fifo, command, code] of named) {
  test(`a FIFO is refused and named: ${command.join(' ')} with ${fifo}`, async (t) => {
    const cli = await createTestCli(t);
    const { [`rule-tests/evil.yar.test.yaml`]: tests = '', ...rule } = testedRule('Evil', 'evil');
    await cli.write(fifo.startsWith('rule-tests/') ? rule : { ...rule, 'rule-tests/evil.yar.test.yaml': tests });
    makeFifo(cli.dir, fifo);
    const run = await cli.run(...command);
    t.is(run.code, code, run.stderr);
    t.regex(run.stdout + run.stderr, new RegExp(fifo.split('/').at(-1) ?? ''));
    t.regex(run.stdout + run.stderr, /a FIFO, not a regular file|not a regular file/);
  });
}

test('a sample that is a FIFO or a device fails its test, and the others run', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ ...testedRule('Evil', 'evil'), 'rule-tests/evil.yar.test.yaml': sampleTest('sample') });
  makeFifo(cli.dir, 'rule-tests/sample');
  const { code, stdout } = await cli.run('rules', 'test');
  t.is(code, exitCodes.problems);
  t.regex(stdout, /Cannot read the sample sample \(it is a FIFO, not a regular file\)/);
  t.regex(stdout, /1 passed|passed: 1|1 test/);
});

/** Each: a command that writes what its flag names, and what shows that it has come to that. */
const written: readonly (readonly [readonly string[], (output: string, dir: string) => boolean])[] = [
  [['rules', 'check', '--report', 'fifo'], (output) => output.includes('1 file')],
  [['rules', 'build', '--out', 'fifo'], (_, dir) => existsSync(join(dir, '.rearview', 'signing-key.pem'))],
  [['scan', '--stats', 'fifo', 'rules'], (output) => output.includes('evil.yar')],
];

for (const [command, isThere] of written) {
  test(`SIGTERM ends a command at once that waits for the reader of a FIFO: ${command.join(' ')}`, async (t) => {
    const cli = await createTestCli(t);
    await cli.write(testedRule('Evil', 'evil'));
    makeFifo(cli.dir, 'fifo');
    const main = fileURLToPath(new URL('./launch.mjs', import.meta.url));
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, ...command], {
      cwd: cli.dir,
      env: { PATH: process.env['PATH'], XDG_STATE_HOME: process.env['XDG_STATE_HOME'], NODE_V8_COVERAGE: '' },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
    t.teardown(() => child.kill('SIGKILL'));
    const closed = once(child, 'close');
    while (!isThere(output, cli.dir)) await sleep(50);
    await sleep(waitsMs);
    // One is enough.
    child.kill('SIGTERM');
    const [code] = await closed;
    t.is(code, exitCodes.interrupted);
  });

  test(`the reader of a FIFO gets the text, whenever it is written: ${command.join(' ')}`, async (t) => {
    const cli = await createTestCli(t);
    await cli.write(testedRule('Evil', 'evil'));
    makeFifo(cli.dir, 'fifo');
    const running = cli.run(...command);
    await sleep(200);
    const reader = spawn('sh', ['-c', 'sleep 0.2; cat fifo | wc -c'], { cwd: cli.dir });
    const [[count], { code }] = await Promise.all([once(reader.stdout, 'data'), running]);
    t.is(code, 0);
    t.true(Number(String(count)) > 50, String(count));
  });
}

test('SIGTERM ends the process although one of its threads waits in a system call that does not return', async (t) => {
  const dir = tempFolder(t);
  makeFifo(dir, 'fifo');
  const blocked = `data:text/javascript,import{open}from"node:fs/promises";void open(${JSON.stringify(join(dir, 'fifo'))})`;
  const main = fileURLToPath(new URL('./launch.mjs', import.meta.url));
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--import', blocked, main, '--help'],
    {
      cwd: dir,
      env: { PATH: process.env['PATH'], NODE_V8_COVERAGE: '' },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  t.teardown(() => child.kill('SIGKILL'));
  const closed = once(child, 'close');
  await once(child.stdout, 'data');
  child.stdout.resume();
  const stopAsking = new AbortController();
  const asking = (async () => {
    for await (const _ of setInterval(100, undefined, { signal: stopAsking.signal })) child.kill('SIGTERM');
  })().catch(() => undefined);
  const [, signal] = await closed;
  stopAsking.abort();
  await asking;
  t.is(signal, 'SIGTERM');
});
