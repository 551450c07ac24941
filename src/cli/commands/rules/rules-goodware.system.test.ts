import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { parse } from 'yaml';
import { createS3ObjectStore } from '../../../adapters/aws/s3/s3-object-store.ts';
import { parseGoodwareExceptions } from '../../../gates/goodware-exceptions-file.ts';
import { reviewConfigSchema } from '../../../gates/review-config.ts';
import { reviewSectionSchema } from '../../../pull-requests/section.ts';
import { createTestCli, type TestCli, testedRule } from '../../../testing/cli/run-cli.ts';
import { runCliProcess } from '../../../testing/cli/run-cli-process.ts';
import { ruleFor } from '../../../testing/local/test-target.ts';
import { startS3Emulator } from '../../../testing/s3/s3-emulator.ts';

const config = 'goodware:\n  places: { good: [files] }\n  maxFileBytes: 1000\n';
const exceptionsFile = 'rule-tests/goodware-exceptions.yaml';
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
const exception = (file: string, { rule = 'Evil', expires = inDays(90), reason = 'a test of the package' } = {}) =>
  `- { rule: "${rule}", ${file}, reason: "${reason}", expires: ${expires} }\n`;
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** A rule that matches `evil`, and goodware with one file that it matches. */
async function startCli(t: ExecutionContext, files: Readonly<Record<string, string>> = {}): Promise<TestCli> {
  const cli = await createTestCli(t);
  await cli.write({ 'rearview.yaml': config, 'rules/a.yar': ruleFor('Evil', 'evil') });
  await cli.write({ 'files/lib/x.so': 'not evil', 'files/y': 'good', ...files });
  return cli;
}

const gate = (cli: TestCli, ...flags: readonly string[]) =>
  cli.run('rules', 'goodware', 'good', '--jobs', '1', ...flags);

test('a match fails, and is reported with its rule, path, hash and strings', async (t) => {
  const cli = await startCli(t);
  const { code, stdout } = await gate(cli);
  t.is(code, 1);
  t.is(
    stdout,
    `Matches on goodware:
rule        path          sha256                                                            strings
a.yar:Evil  files/lib/x.so  ${sha256('not evil')}  0x4 $a evil
failed: 1 rule over 2 files of good (12 B); 1 match without an exception
`.replace('path        ', 'path          '),
  );
});

test('--json and --report are the section of a review', async (t) => {
  const cli = await startCli(t);
  const { code, lines } = await gate(cli, '--json', '--report', 'out.json');
  t.is(code, 1);
  const section = reviewSectionSchema.parse(lines[0]);
  t.deepEqual(JSON.parse(await readFile(join(cli.dir, 'out.json'), 'utf8')), section);
  t.like(section, {
    ...{ section: 'goodware', verdict: 'failed', place: 'good', roots: ['files'], rules: 1, files: 2, bytes: 12 },
    ...{ failing: 1, omitted: 0, unscanned: [], notes: [], hashes: [] },
  });
  t.deepEqual(section.section === 'goodware' && section.hits, [
    {
      ...{ rule: 'a.yar:Evil', path: 'files/lib/x.so', sha256: sha256('not evil'), exception: null },
      strings: [{ identifier: '$a', offset: 4, length: 4, data: 'evil' }],
    },
  ]);
});

test('an exception by path or by content covers the match, and is reported with its reason', async (t) => {
  for (const file of ['path: "files/**/*.so"', `sha256: ${sha256('not evil')}`]) {
    const cli = await startCli(t, { [exceptionsFile]: exception(file) });
    const { code, stdout } = await gate(cli);
    t.is(code, 0, stdout);
    t.regex(stdout, /^Matches with an exception:\n.*\na\.yar:Evil +files\/lib\/x\.so .* a test of the package\n/);
    t.regex(stdout, /\npassed: .* 0 matches without an exception; 1 excepted\n$/);
  }
});

test('an exception of another rule, of another file, or that has expired covers nothing', async (t) => {
  for (const [given, note] of [
    [exception('path: files/lib/x.so', { rule: 'Evi' }), 'is for a rule that does not exist'],
    [exception('path: files/x.so'), 'was not needed'],
    [exception(`sha256: ${sha256('good')}`), 'was not needed'],
    [exception('path: files/lib/x.so', { expires: inDays(-1) }), `expired on ${inDays(-1)}`],
  ] as const) {
    const { code, stdout } = await gate(await startCli(t, { [exceptionsFile]: given }));
    t.is(code, 1, given);
    t.true(stdout.includes(note), stdout);
    t.true(stdout.includes(`note: ${exceptionsFile}:1: the exception of`), stdout);
  }
});

test('exceptions that are not valid are reported with file, line and key, and nothing is scanned', async (t) => {
  const given = `# one\n${exception('path: x', { expires: inDays(400) })}- { rule: Evil }\n`;
  const cli = await startCli(t, { [exceptionsFile]: given });
  const { code, stderr, lines } = await gate(cli, '--json', '--report', 'out.json');
  t.is(code, 1);
  t.regex(stderr, /^rule-tests\/goodware-exceptions\.yaml:2:\d+: error: \[0\]\.expires is more than 366 days ahead/);
  t.regex(stderr, /goodware-exceptions\.yaml:3:\d+: error: \[1\]\.reason is missing/);
  t.like(lines[0], { verdict: 'failed', files: 0 });
  t.true(existsSync(join(cli.dir, 'out.json')));
});

test('an exceptions file is not a test file', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ ...testedRule('A', 'evil'), [exceptionsFile]: '- nonsense\n' });
  t.is((await cli.run('rules', 'test')).code, 0);
  t.is((await cli.run('rules', 'check')).code, 0);
});

test('only rules whose logic the base lacks count, and their dependencies are scanned with them', async (t) => {
  const old = ruleFor('Helper', 'evil') + ruleFor('Old', 'evil');
  const cli = await startCli(t, { 'before/a.yar': old });
  await cli.write({ 'rules/a.yar': `${old}rule New { condition: Helper and filename == "x.so" }\n` });
  const { code, lines } = await gate(cli, '--base', 'before', '--json');
  t.is(code, 1);
  t.like(lines[0], { rules: 1, failing: 1, hits: [{ rule: 'a.yar:New' }] });
  t.like((await gate(cli, '--base', 'before', '--all', '--json')).lines[0], { rules: 3, failing: 3 });
});

test('if no rule changed its logic, nothing is scanned, and the gate passes', async (t) => {
  const cli = await startCli(t, { 'before/b.yar': ruleFor('Evil', 'evil', 'author = "x"') });
  const { code, stdout } = await gate(cli, '--base', 'before', '--report', 'out.json');
  t.is(code, 0);
  t.regex(stdout, /^note: No rule has new logic: nothing was scanned\.\npassed: 0 rules /);
  t.like(JSON.parse(await readFile(join(cli.dir, 'out.json'), 'utf8')), { section: 'goodware', rules: 0 });
});

test('if the base does not compile, all rules count as new', async (t) => {
  const cli = await startCli(t, { 'broken/a.yar': 'rule Evil { condition: gone }' });
  const { code, stderr } = await gate(cli, '--base', 'broken');
  t.is(code, 1);
  t.regex(stderr, /^broken\/a\.yar:1:\d+: error: [\s\S]*--base: broken does not compile: all rules count as new\.$/m);
});

test('rules that do not compile are reported as the reason why nothing was scanned', async (t) => {
  const cli = await startCli(t, { 'rules/b.yar': 'rule B { condition: foo }' });
  const { code, stderr } = await gate(cli, '--report', 'out.json');
  t.is(code, 1);
  t.regex(stderr, /^rules\/b\.yar:1:\d+: error: /);
  const section = reviewSectionSchema.parse(JSON.parse(await readFile(join(cli.dir, 'out.json'), 'utf8')));
  t.like(section, { section: 'left', of: 'goodware', verdict: 'unknown' });
});

test('what is not a regular file or too large is counted with the reason; circles of links end', async (t) => {
  const cli = await startCli(t, { 'files/large': '', 'files/lib/x.so': 'fine' });
  const at = (name: string) => join(cli.dir, 'files', name);
  await truncate(at('large'), 1001);
  execFileSync('mkfifo', [at('fifo')]);
  await symlink('..', at('lib/up'));
  await symlink('loop', at('loop'));
  await symlink('nowhere', at('dangling'));
  const { code, lines } = await gate(cli, '--json');
  t.is(code, 0);
  const unscanned = [
    { reason: 'not_a_regular_file', files: 1 },
    { reason: 'too_large', files: 1 },
  ];
  t.like(lines[0], { files: 2, unscanned });
});

test('unreadable files and folders are counted and do not affect others', async (t) => {
  const cli = await startCli(t, { 'files/closed': 'evil', 'files/shut/x': 'evil' });
  await chmod(cli.dir, 0o755);
  await chmod(join(cli.dir, 'files/closed'), 0o000);
  await chmod(join(cli.dir, 'files/shut'), 0o000);
  // Root may read everything.
  const user = process.getuid?.() === 0 ? { uid: 65_534 } : {};
  const args = ['rules', 'goodware', 'good', '--json', '--jobs', '1'];
  const { code, stdout, stderr } = await runCliProcess(args, { cwd: cli.dir, env: {}, ...user });
  await chmod(join(cli.dir, 'files/shut'), 0o700);
  t.is(code, 1, stderr);
  t.like(JSON.parse(stdout), { files: 2, failing: 1, unscanned: [{ reason: 'denied', files: 2 }] });
});

test('a name of a file cannot forge a line, move the cursor or widen an exception', async (t) => {
  const names = [
    'a\nb',
    '\u001b[2Jx',
    '::error::x',
    '[x](http:x)<img>`|@everyone',
    'a*b',
    '%0A%25',
    '\u202egpj.exe',
    'ü',
  ];
  const cli = await startCli(t, Object.fromEntries(names.map((name) => [`files/odd/${name}`, 'evil'])));
  await cli.write({ [exceptionsFile]: exception('path: "files/**/x.so"') });
  const { code, stdout } = await gate(cli);
  t.is(code, 1);
  const bad = stdout.split('\n').filter((line) => /^::|^b |[\u001b\u202e]/.test(line));
  t.deepEqual(bad, []);
  t.regex(stdout, /^a\.yar:Evil matches 8 of 10 files \(80 %\): \$a in 8$/m, 'three files are shown of each rule');
  t.is(stdout.split('\n').filter((line) => line.startsWith('a.yar:Evil  files/odd/')).length, 3);
  const { lines } = await gate(cli, '--json');
  const matches = Object(lines[0]).hits as { path: string }[];
  t.deepEqual(
    matches.map(({ path }) => path).sort(),
    [...names.map((name) => `files/odd/${name}`), 'files/lib/x.so'].sort(),
  );
  const literal = names.filter((name) => !name.includes('*'));
  await cli.write({
    [exceptionsFile]: JSON.stringify(
      literal.map((name) => ({ rule: 'Evil', path: `files/odd/${name}`, reason: `for ${name}`, expires: inDays(90) })),
    ),
  });
  const covered = reviewSectionSchema.parse((await gate(cli, '--json')).lines[0]);
  if (covered.section !== 'goodware') return t.fail();
  t.deepEqual(
    covered.hits.filter((each) => each.exception === null).map((each) => each.path),
    ['files/lib/x.so', 'files/odd/a*b'],
  );
  for (const { path, exception: by } of covered.hits)
    if (by !== null) t.is(path, by.reason.replace('for ', 'files/odd/'));
  t.deepEqual(covered.notes, []);
});

test('text of exceptions is as harmless when it is reported', async (t) => {
  const hostile = 'x\n::error::y\u001b[2J';
  const unneeded = { rule: 'Evil', path: `files/${hostile}`, reason: 'x', expires: inDays(90) };
  const used = { rule: 'Evil', path: 'files/lib/x.so', reason: hostile, expires: inDays(90) };
  const cli = await startCli(t, { [exceptionsFile]: JSON.stringify([unneeded, used]) });
  const { code, stdout } = await gate(cli);
  t.is(code, 0);
  t.regex(stdout, /files\/x\\n::error::y\\x1b\[2J was not needed/);
  t.regex(stdout, / x\\n::error::y\\x1b\[2J\n/);
  t.notRegex(stdout, /^::|\u001b/m);
  const broken = '- { rule: Evil, "::error::\\n\\e[2J": x }';
  await cli.write({ [exceptionsFile]: broken });
  t.notRegex((await gate(cli)).stderr, /^::|\u001b/m);
});

test('a hash that the meta of a rule names is checked, and one that is missed fails', async (t) => {
  const named = (text: string) => `hash = "${createHash('sha1').update(text).digest('hex')}"`;
  const cli = await startCli(t, { [exceptionsFile]: exception('path: files/lib/x.so') });
  await cli.write({ 'rules/a.yar': ruleFor('Evil', 'evil', named('not evil')) });
  const right = await gate(cli);
  t.is(right.code, 0, right.stdout);
  t.regex(right.stdout, /Hashes that the rules name:\n.*\na\.yar:Evil +[0-9a-f]{40} +matched\n/);
  await cli.write({ 'rules/a.yar': ruleFor('Evil', 'evil', `${named('good')} ${named('nowhere')}`) });
  const wrong = await gate(cli);
  t.is(wrong.code, 1);
  t.regex(wrong.stdout, /a\.yar:Evil +[0-9a-f]{40} +missed\n/);
  t.regex(wrong.stdout, /hashes: 0 matched, 1 missed, 1 unchecked/);
});

test('a place that is not configured, or whose root does not exist, ends with 2 and is named', async (t) => {
  const cli = await startCli(t, { 'c.yaml': 'goodware: { places: { good: [missing] } }' });
  const unknown = await cli.run('rules', 'goodware', 'better');
  t.is(unknown.code, 2);
  t.regex(unknown.stderr, /no "better": name one of good/);
  const missing = await gate(cli, '--config', 'c.yaml');
  t.is(missing.code, 2);
  t.regex(missing.stderr, /goodware\.places, good: missing does not exist/);
});

test('a place without a file that could be scanned is not a pass', async (t) => {
  const cli = await startCli(t, { 'c.yaml': 'goodware: { places: { good: [empty] } }' });
  await mkdir(join(cli.dir, 'empty'));
  const { code, stdout } = await gate(cli, '--config', 'c.yaml');
  t.is(code, 1);
  t.regex(stdout, /No file was scanned.*\nunknown: /);
});

test('a place with an unscanned part does not pass, whatever the other parts contain', async (t) => {
  const places = { empty: ['files/y', 'empty'], hollow: ['hollow', 'files/y'], one: ['files/y', './files/y'] };
  const cli = await startCli(t, { 'c.yaml': JSON.stringify({ goodware: { places } }), 'hollow/x': '' });
  await mkdir(join(cli.dir, 'empty'));
  const run = (place: string) => cli.run('rules', 'goodware', place, '--jobs', '1', '--config', 'c.yaml');
  for (const name of ['empty', 'hollow']) {
    const { code, stdout } = await run(name);
    t.is(code, 1);
    t.regex(stdout, new RegExp(`${name} was not scanned.*\\nunknown: `));
  }
  t.is((await run('one')).code, 0, 'a root that another one leads to anyway is covered with it');
});

test('roots and exceptions are relative to the configuration', async (t) => {
  const cli = await startCli(t, {
    'sub/c.yaml': 'goodware: { places: { good: [files] }, exceptions: e.yaml }',
    'sub/files/x': 'evil',
    'sub/e.yaml': exception('path: files/x'),
  });
  const { code, lines } = await gate(cli, '--config', 'sub/c.yaml', '--json');
  t.is(code, 0);
  t.like(lines[0], { files: 1, hits: [{ path: 'files/x' }] });
});

test('Ctrl-C ends with 130 and reports nothing', async (t) => {
  const cli = await startCli(t);
  const aborted = { signal: AbortSignal.abort() };
  const { code, stdout, stderr } = await cli.runWith(aborted, 'rules', 'goodware', 'good', '--report', 'out.json');
  t.is(code, 130);
  t.is(stdout, '');
  t.regex(stderr, /Interrupted/);
  t.false(existsSync(join(cli.dir, 'out.json')));
});

test('a place in S3 is scanned like a folder', async (t) => {
  const { client, bucket, endpoint } = await startS3Emulator(t);
  const store = createS3ObjectStore({ client, bucket });
  for (const [key, text] of [
    ['stable/a b', 'evil'],
    ['stable/c', 'good'],
    ['beta/d', 'evil'],
  ] as const) {
    await store.put(key, Buffer.from(text));
  }
  const cli = await startCli(t);
  await writeFile(join(cli.dir, 'c.yaml'), `goodware: { places: { good: ["s3://${bucket}/stable/", files] } }`);
  const env = {
    ...{ AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', HOME: cli.dir },
    AWS_ENDPOINT_URL_S3: endpoint,
  };
  const run = () => runCliProcess(['rules', 'goodware', 'good', '--config', 'c.yaml', '--json'], { cwd: cli.dir, env });
  const { code, stdout, stderr } = await run();
  t.is(code, 1, stderr);
  const paths = (Object(JSON.parse(stdout)).hits as { path: string }[]).map(({ path }) => path);
  t.deepEqual(paths.sort(), ['files/lib/x.so', `s3://${bucket}/stable/a b`]);
  await cli.write({ [exceptionsFile]: exception(`path: "s3://${bucket}/*/a*"`) + exception('path: "files/**"') });
  t.is((await run()).code, 0);
});

test('the configuration of this repository, and the exception in its template, are valid', async (t) => {
  const read = (name: string) => readFile(new URL(`../../../../${name}`, import.meta.url), 'utf8');
  t.deepEqual(reviewConfigSchema.parse(parse(await read('rearview.yaml'))), reviewConfigSchema.parse({}));
  const template = await read(exceptionsFile);
  const nowMs = Date.parse('2026-11-25');
  t.deepEqual(parseGoodwareExceptions('e', template, nowMs).problems, []);
  const shown = template.slice(template.indexOf('# - rule:')).replace(/^# /gm, '');
  const { exceptions, problems } = parseGoodwareExceptions('e', shown, nowMs);
  t.deepEqual([exceptions.length, problems], [1, []]);
});
