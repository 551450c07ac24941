import test from 'ava';
import type { Command } from 'commander';
import { RearviewError } from '../domain/errors.ts';
import { collector, createTestCli } from '../testing/cli/run-cli.ts';
import { allCommands, buildProgram } from './build-program.ts';
import { errorText } from './output/output.ts';
import { programVersion } from './program-version.ts';

const context = {
  stdout: collector().stream,
  stderr: collector().stream,
  cwd: '/',
  env: {},
  isTerminal: { stdout: false, stderr: false },
  signal: new AbortController().signal,
};

function leaves(command: Command, before: readonly string[] = []): { words: readonly string[]; command: Command }[] {
  if (command.commands.length === 0) return [{ words: before, command }];
  return command.commands.flatMap((each) => leaves(each, [...before, each.name()]));
}

const all = leaves(await buildProgram({ context, settle: () => undefined }, allCommands));

for (const { words, command } of all) {
  test(`the help of "${words.join(' ')}" describes it, its options and arguments, and shows an example`, async (t) => {
    const cli = await createTestCli(t);
    const { code, stdout, stderr } = await cli.run(...words, '--help');
    t.is(code, 0);
    t.is(stderr, '');
    t.true(command.description().length > 20);
    for (const option of command.options) {
      t.true(stdout.includes(option.flags), option.flags);
      t.true(option.description.length > 3);
    }
    for (const argument of command.registeredArguments) t.true(argument.description.length > 3);
    for (const flag of ['--state', '--rules', '--tests']) t.true(stdout.includes(flag));
    t.regex(stdout, new RegExp(`\\$ rearview ${words.join(' ')}`));
  });
}

test('every command that only reads has --json', (t) => {
  const reading = ['scan', 'doctor', 'check', 'diff', 'plan', 'status', 'watch', 'list', 'show'];
  for (const { words, command } of all) {
    if (reading.includes(words.at(-1) ?? ''))
      t.true(
        command.options.some(({ long }) => long === '--json'),
        words.join(' '),
      );
  }
});

for (const args of [
  ['nonsense'],
  ['rules', 'nonsense'],
  ['scan', '--nonsense', '.'],
  ['scan'],
  ['rules'],
  [],
  ['retro', 'list', '--limit', '0'],
  ['retro', 'list', 'extra'],
  ['scan', '.', '--max-size', 'much'],
  ['scan', '.', '--large-files', 'tail'],
  ['scan', '.', '--large-files', 'head', '--max-size', '0'],
  ['up', '--large-files', ''],
  ['retro', 'plan', '--large-files', 'HEAD'],
  ['scan', '.', '--timeout'],
  ['matches', 'list', '--since', 'yesterday'],
  ['matches', 'list', '--sha256', 'abc'],
  ['retro', 'status', '--status', 'lost'],
  ['queue', 'redrive', '--queue', 'other'],
  ['rules', 'test', '--format', 'xml'],
  ['up', '--webhook', 'ftp://x'],
]) {
  test(`wrong usage ends with 2 and reports why: ${args.join(' ') || '(nothing)'}`, async (t) => {
    const cli = await createTestCli(t);
    const { code, stdout, stderr } = await cli.run(...args);
    t.is(code, 2);
    t.is(stdout, '');
    t.not(stderr, '');
    t.notRegex(stderr, /\n\s+at /);
  });
}

test('--version prints only the version', async (t) => {
  const cli = await createTestCli(t);
  t.like(await cli.run('--version'), { code: 0, stdout: `${programVersion()}\n`, stderr: '' });
});

test('a wrong value is reported with its flag', async (t) => {
  const cli = await createTestCli(t);
  t.regex((await cli.run('scan', '.', '--max-size', 'much')).stderr, /--max-size: Invalid size "much"/);
  t.regex(
    (await cli.run('scan', '.', '--large-files', 'tail')).stderr,
    /--large-files: Unknown value "tail": use one of skip, head/,
  );
});

test('a bug in rearview ends with 70 and its stack', async (t) => {
  const cli = await createTestCli(t);
  const broken = collector().stream;
  broken.write = () => {
    throw new TypeError('broken on purpose');
  };
  const { code, stderr } = await cli.runWith({ stdout: broken }, 'doctor');
  t.is(code, 70);
  t.regex(stderr, /bug in rearview\.\n/, 'no address is named, as package.json has none');
  t.regex(stderr, /TypeError: broken on purpose\n\s+at /);
});

test('every error shows its code, in red on a terminal', async (t) => {
  const cli = await createTestCli(t);
  t.regex((await cli.run('retro', 'status', 'none')).stderr, /^error\[ERR_NOT_FOUND\]: /);
  t.regex((await cli.run('scan', '.', '--max-size', 'much')).stderr, /^error\[ERR_USAGE\]: --max-size: /);
  t.regex(
    (await cli.run('rules', 'chek')).stderr,
    /^error\[ERR_USAGE\]: unknown command 'chek'\n\(Did you mean check\?\)/,
  );
  const isTerminal = { stdout: true, stderr: true };
  const { stderr } = await cli.runWith({ isTerminal }, 'retro', 'status', 'none');
  t.true(stderr.startsWith('\u001b[31merror[ERR_NOT_FOUND]:\u001b[39m '), stderr);
});

test('Ctrl-C ends a command that does not watch for it', async (t) => {
  const cli = await createTestCli(t);
  t.is((await cli.runWith({ signal: AbortSignal.abort() }, 'doctor')).code, 130);
});

test('a line end in an argument of a command does not start a line', async (t) => {
  const cli = await createTestCli(t);
  const forged = 'no\nfile: forged line';
  for (const args of [
    ['scan', forged],
    ['scan', '--rules', forged, '.'],
    ['scan', '--ruleset', forged, '.'],
    ['rules', 'check', '--rules', forged],
    ['rules', 'test', forged],
    ['rules', 'diff', '--base', forged],
    ['rules', 'diff', '--base', `git:${forged}`],
    ['upload', forged],
    ['retro', 'status', forged],
    ['retro', 'plan', '--ruleset', forged],
    ['matches', 'show', forged],
    ['ruleset', 'rollback', forged],
    ['publish', '--rules', forged],
    ['github', 'comment', '--sections', forged],
    ['scan', '--target', forged],
    ['scan', `--${forged}`],
    [forged],
    ['doctor', '--state', forged],
  ]) {
    const { stdout, stderr } = await cli.run(...args);
    t.notRegex(stdout + stderr, /^file: forged line/m, args.join(' '));
  }
});

test('a message has exactly the lines of its error', (t) => {
  t.is(errorText(new RearviewError('ERR_CONFIG', 'a\nb\u001b[2J')), 'a\\nb\\x1b[2J');
  t.is(errorText(new RearviewError('ERR_CONFIG', ['a', '  b\nc'])), 'a\n  b\\nc');
  t.is(new RearviewError('ERR_CONFIG', ['a', 'b']).message, 'a\nb');
  t.is(errorText(new Error('a\r\nb')), 'a\\r\\nb');
});
