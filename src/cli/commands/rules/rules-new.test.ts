import { mkdir, readdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import { createTestCli, type TestCli } from '../../../testing/cli/run-cli.ts';

const goodware = 'ordinary software says: Loading configuration from disk';
const config = 'goodware:\n  places: { linux: [good], macos: [good], windows: [good] }\n';
const note = (id: string) =>
  `!!! READ ME !!!\n${goodware}\nAll documents were encrypted by CrimsonFox\nVisit http://crimsonfox.onion/pay?id=${id}\nand say "C:\\fox\\key" to \t us\n`;
const program = (end: string) =>
  Buffer.concat([
    Buffer.from('MZ\x90\0'),
    Buffer.from(Array.from({ length: 300 }, (_, at) => (at * 73 + 41) % 256)),
    Buffer.from('Global\\CrimsonFoxMutex', 'utf16le'),
    Buffer.from(`\0C:\\dev\\fox\\crimson.pdb\0${goodware}\0${end}`),
  ]);

async function repository(t: Parameters<typeof createTestCli>[0]): Promise<TestCli> {
  const cli = await createTestCli(t);
  await cli.write({ 'rearview.yaml': config, 'good/program': `\0${goodware}\n\0`, 'good/other': 'words' });
  return cli;
}
const passes = async (cli: TestCli): Promise<string> => {
  const check = await cli.run('rules', 'check', '--strict');
  const tests = await cli.run('rules', 'test');
  return check.code === 0 && tests.code === 0 && !/warning/.test(tests.stdout)
    ? 'passes'
    : `${check.stdout}${tests.stdout}`;
};
const read = (cli: TestCli, path: string) => readFile(join(cli.dir, path), 'utf8');

test('rules new starts a rule that passes check and test, without samples', async (t) => {
  const cli = await repository(t);
  const { code, stdout } = await cli.run(
    'rules',
    'new',
    'ransomware/crimson-fox',
    '--author',
    'A "B"',
    '--severity',
    'high',
  );
  t.is(code, 0);
  t.is(stdout, 'rules/ransomware/crimson-fox.yar\nrule-tests/ransomware/crimson-fox.yar.test.yaml\n');
  t.regex(
    await read(cli, 'rules/ransomware/crimson-fox.yar'),
    /rule Ransomware_Crimson_Fox \{[\s\S]*author = "A \\"B\\""[\s\S]*severity = "high"/,
  );
  t.is(await passes(cli), 'passes');
});

test('the strings are in all samples and not in goodware; short texts are tests as they are', async (t) => {
  const cli = await repository(t);
  await cli.write({ 'a.txt': note('1111'), 'b.txt': note('2222') });
  const { code, stderr } = await cli.run('rules', 'new', 'x/note.yar:Note', '--from', 'a.txt', '--from', 'b.txt');
  t.is(code, 0, stderr);
  const rule = await read(cli, 'rules/x/note.yar');
  t.regex(rule, /= "http:\/\/crimsonfox\.onion"/);
  t.regex(rule, /= "All documents were encrypted by CrimsonFox"/);
  t.regex(rule, /\\"C:\\\\fox\\\\key\\"/);
  t.notRegex(rule, /Loading configuration|1111|2222/);
  t.regex(stderr, /5 candidates|\d+ candidates, \d+ not in goodware \(2 files, \d+ B\)/);
  const tests = await read(cli, 'rule-tests/x/note.yar.test.yaml');
  t.regex(tests, /CrimsonFox/);
  t.notRegex(tests, /archive/);
  t.is(await passes(cli), 'passes');
  await cli.run('rules', 'new', 'x/all', '--from', 'a.txt', '--without-goodware');
  t.regex(await read(cli, 'rules/x/all.yar'), /Loading configuration/);
});

test('other samples are kept in an encrypted archive, and give wide texts and a guard', async (t) => {
  const cli = await repository(t);
  await cli.write({ 'a.exe': program('one'), 'b.exe': program('another') });
  const { code, stdout, stderr } = await cli.run('rules', 'new', 'x/fox', '--from', 'a.exe', '--from', 'b.exe');
  t.is(code, 0, stderr);
  t.regex(stdout, /rule-tests\/x\/samples\/fox\.zip/);
  const rule = await read(cli, 'rules/x/fox.yar');
  t.regex(rule, /= "Global\\\\CrimsonFoxMutex" wide/);
  t.regex(rule, /= "C:\\\\dev\\\\fox\\\\crimson\.pdb"\n/);
  t.regex(rule, /= \{ [0-9A-F ]{47} \}/);
  t.regex(rule, /uint16\(0\) == 0x5a4d and/);
  t.false((await readFile(join(cli.dir, 'rule-tests/x/samples/fox.zip'))).includes('crimson.pdb'));
  t.is(await passes(cli), 'passes');
});

test('nothing is overwritten, and nothing is left of a rule that could not be written', async (t) => {
  const cli = await repository(t);
  await cli.write({ 'a.exe': program('one'), 'rule-tests/x/samples/fox.zip': 'mine', 'rules/x/old.yar': 'mine' });
  for (const name of ['x/fox', 'x/old', 'x/old.yar:Other']) {
    const { code, stderr } = await cli.run('rules', 'new', name, '--from', 'a.exe');
    t.is(code, 2, name);
    t.regex(stderr, /(fox\.zip|old\.yar) exists/);
  }
  t.is(await read(cli, 'rules/x/old.yar'), 'mine');
  t.is(await read(cli, 'rule-tests/x/samples/fox.zip'), 'mine');
  t.deepEqual(await readdir(join(cli.dir, 'rules/x')), ['old.yar']);
  t.deepEqual(await readdir(join(cli.dir, 'rule-tests/x')), ['samples']);
  await mkdir(join(cli.dir, 'outside'));
  await symlink(join(cli.dir, 'outside'), join(cli.dir, 'rules/away'));
  const tests = await readdir(join(cli.dir, 'rule-tests')).catch(() => []);
  for (const name of ['away/b', 'away/deep/b']) {
    t.regex((await cli.run('rules', 'new', name)).stderr, /behind a link/);
    t.deepEqual(await readdir(join(cli.dir, 'outside')), []);
    t.deepEqual(await readdir(join(cli.dir, 'rule-tests')).catch(() => []), tests);
  }
  await symlink(join(cli.dir, 'nowhere'), join(cli.dir, 'rules/dangling'));
  t.regex((await cli.run('rules', 'new', 'dangling/b')).stderr, /behind a link/);
});

test('samples without anything to find are refused with the reason', async (t) => {
  const cli = await repository(t);
  await cli.write({
    empty: '',
    zeros: new Uint8Array(5000),
    'known.txt': goodware,
    a: 'crimson fox',
    b: 'other words',
  });
  for (const [from, message] of [
    [['empty'], /empty is empty/],
    [['zeros'], /zeros has no text or bytes/],
    [['known.txt'], /goodware has (?:all of the 1 strings|it)/],
    [['a', 'b'], /no text or bytes in common/],
    [['missing'], /Cannot read missing: it does not exist/],
    [['.'], /Cannot read \./],
    [['zeros', '--max-size', '10'], /raise --max-size/],
  ] as const) {
    const [first = '', ...others] = from;
    const flags = others.flatMap((each) => (each === 'b' ? ['--from', each] : [each]));
    const { code, stderr } = await cli.run('rules', 'new', 'x', '--from', first, ...flags);
    t.is(code, 2, stderr);
    t.regex(stderr, message);
  }
  t.is((await cli.run('rules', 'new', '../x')).code, 2);
});

test('whatever a sample has in it, the rule passes or the sample is refused', async (t) => {
  const cli = await repository(t);
  const part = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.string({ unit: 'binary', maxLength: 60 }).map((text) => Buffer.from(text)),
    fc
      .constantFrom('"; \\', '*/ rule x', '$(rm)', '# suppress: x', '%s\n- name: x\n', '\r\n\t', '\ufeff', ': |')
      .map((text) => Buffer.from(text)),
  );
  let number = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 6 }), async (parts) => {
      number += 1;
      await cli.write({ sample: Buffer.concat(parts) });
      const { code, stderr } = await cli.run('rules', 'new', `r${number}`, '--from', 'sample', '--without-goodware');
      return code === 0 || /Cannot propose strings|is empty/.test(stderr);
    }),
    { numRuns: 15 },
  );
  t.is(await passes(cli), 'passes');
});
