import { execFileSync } from 'node:child_process';
import { createHash, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { mkdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { createLocalSigner } from '../../adapters/local/signing-key.ts';
import { signRuleset } from '../../app/rulesets/sign-ruleset.ts';
import type { Signer } from '../../ports/signer.ts';
import { encodeRuleset } from '../../rules/ruleset-file.ts';
import { createTestCli, type TestCli } from '../../testing/cli/run-cli.ts';
import { decodeRuleset } from '../../testing/rules/decode-ruleset.ts';

const rules = {
  'rules/a.yar':
    'rule A : one two { meta: author = "x" author = "y" score = 3 strings: $a = "evil" condition: $a }\nrule Empty { condition: filesize == 0 }',
  'rules/deep/z.yar': 'rule Z { strings: $z = "evil" condition: $z and filename == "x.txt" }',
};

test('texts that rules print are on stderr after the name of the file, made harmless, every line once, before the result', async (t) => {
  const cli = await createTestCli(t);
  const names = ['::error::forged', 'e\u001b[31mred', 'plain'];
  await cli.write({
    'rules/c.yar':
      'import "console" rule c { condition: console.log(filename) and console.log("a\\n::error::b") and console.log("three") }',
    ...Object.fromEntries(names.map((name) => [`in/${name}`, name])),
  });
  for (const flags of [[], ['--json']]) {
    const { code, stdout, stderr } = await cli.run('scan', 'in', ...flags);
    t.is(code, 0);
    const printed = stderr.split('\n').filter((line) => line.startsWith('console: '));
    t.deepEqual(printed.toSorted(), [
      ...['::error::forged', 'a\\n::error::b', 'three'].map((text) => `console: in/::error::forged: ${text}`),
      ...['a\\n::error::b', 'e\\x1b[31mred', 'three'].map((text) => `console: in/e\\x1b[31mred: ${text}`),
      ...['a\\n::error::b', 'plain', 'three'].map((text) => `console: in/plain: ${text}`),
    ]);
    t.notRegex(`${stdout}${stderr}`, /\u001b|^::/m);
    t.notRegex(stdout, /console/);
  }
});

test('--json has one line a file with its matches, in the order of the ruleset', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ ...rules, 'files/x.txt': 'an evil\n', 'files/y.txt': 'good' });
  const { code, lines, stderr } = await cli.run('scan', 'files', '--json');
  t.is(code, 0);
  t.is(stderr, '');
  t.deepEqual(
    lines.toSorted((a, b) => (String(a['path']) < String(b['path']) ? -1 : 1)),
    [
      {
        path: 'files/x.txt',
        size: 8,
        sha256: 'e9dd8bd12daf54bf27b74ba7def5e10acb53c56e4d3f8ac6e1fb48a6ed7d6ba6',
        matches: [
          {
            ...{ rule: 'A', namespace: 'a.yar', tags: ['one', 'two'], meta: { author: ['x', 'y'], score: 3 } },
            strings: [{ identifier: '$a', offset: 3, length: 4, data: 'evil' }],
          },
          {
            ...{ rule: 'Z', namespace: 'deep/z.yar', tags: [], meta: {} },
            strings: [{ identifier: '$z', offset: 3, length: 4, data: 'evil' }],
          },
        ],
      },
      {
        path: 'files/y.txt',
        size: 4,
        sha256: '770e607624d689265ca6c44884d0807d9b054d23c473c106c72be9de08b7376c',
        matches: [],
      },
    ].map((each) => ({ ...each, sha256: lines.find(({ path }) => path === each.path)?.['sha256'] })),
  );
});

test('every file of the walk gives exactly one line, whatever it is', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ ...rules, 'f/empty': '', 'f/new\nline +%.txt': 'evil', 'f/deep/er/x.txt': 'evil' });
  const strange = Buffer.concat([Buffer.from(join(cli.dir, 'f/bad')), Buffer.from([0xff])]);
  await writeFile(strange, 'evil');
  await writeFile(join(cli.dir, 'f/sparse'), '');
  await truncate(join(cli.dir, 'f/sparse'), 1024 ** 3);
  await symlink('.', join(cli.dir, 'f/loop'));
  await symlink('x', join(cli.dir, 'f/x'));
  await symlink('deep/er/x.txt', join(cli.dir, 'f/link'));
  execFileSync('mkfifo', [join(cli.dir, 'f/fifo')]);
  const { code, lines, stderr } = await cli.run('scan', 'f', '--json', '--stats', 'stats.json');
  t.is(code, 0);
  t.is(stderr, '');
  const byPath = new Map(lines.map((line) => [line['path'], line]));
  t.is(byPath.size, lines.length);
  t.deepEqual([...byPath.keys()].sort(), [
    'f/bad\ufffd',
    'f/deep/er/x.txt',
    'f/empty',
    'f/fifo',
    'f/new\nline +%.txt',
    'f/sparse',
  ]);
  t.like(byPath.get('f/fifo'), { skipped: 'not_a_regular_file' });
  t.like(byPath.get('f/sparse'), { skipped: 'too_large', size: 1024 ** 3 });
  t.like(byPath.get('f/empty'), { size: 0, matches: [{ rule: 'Empty' }] });
  t.like(byPath.get('f/bad\ufffd'), {
    pathBytes: `${Buffer.from('f/bad').toString('hex')}ff`,
    matches: [{ rule: 'A' }],
  });
  t.like(byPath.get('f/new\nline +%.txt'), { matches: [{ rule: 'A' }] });
  const stats: unknown = JSON.parse(await readFile(join(cli.dir, 'stats.json'), 'utf8'));
  t.like(stats, { files: 6, bytes: 12, matches: 5, failed: 0, skipped: 2 });
  t.deepEqual(Object.keys(Object(stats)), [
    'files',
    'bytes',
    'matches',
    'failed',
    'skipped',
    'excluded',
    'loadMs',
    'scanMs',
    'wallMs',
  ]);
});

test('two runs differ in nothing but the order of lines', async (t) => {
  const cli = await createTestCli(t);
  await cli.write(rules);
  await cli.write(Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`f/${n % 7}/${n}.txt`, `evil ${n}`])));
  const run = async () => (await cli.run('scan', 'f', '--json', '--jobs', '2')).stdout.split('\n').sort();
  t.deepEqual(await run(), await run());
});

test('a file that is reached in several ways is scanned once; a link that is named is followed', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ ...rules, 'f/sub/x.txt': 'evil', 'other.txt': 'evil' });
  await symlink('other.txt', join(cli.dir, 'link'));
  await symlink('f/sub', join(cli.dir, 'folder'));
  const { lines } = await cli.run('scan', 'f/sub/x.txt', 'f/', 'f', 'f/sub', 'folder', 'link', 'other.txt', '--json');
  t.deepEqual(lines.map(({ path }) => path).sort(), ['f/sub/x.txt', 'link']);
});

test('without --json each match is one line on stdout, and the sum goes to stderr', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ ...rules, 'f/a\u001b[2J\nA  forged': 'evil\u0001', 'f/good': 'good' });
  const { code, stdout, stderr } = await cli.run('scan', 'f');
  t.is(code, 0);
  t.is(stdout, 'A  f/a\\x1b[2J\\nA  forged\n');
  t.regex(stderr, /^2 files: 2 scanned .*1 matched by 1 rule match, 0 skipped, 0 failed\n$/);
  t.regex((await cli.run('scan', 'f', '-v')).stdout, /0x0 \$a \(4\) evil/);
});

test('--fail-on-match ends with 1 if a file matches, and only then', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ ...rules, 'bad.txt': 'evil', 'good.txt': 'good' });
  t.is((await cli.run('scan', 'bad.txt', '--fail-on-match')).code, 1);
  t.is((await cli.run('scan', 'good.txt', '--fail-on-match')).code, 0);
});

test('rules that do not compile stop the scan, unless --keep-going', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ ...rules, 'rules/b.yar': '\nrule B { condition: foo }', 'x.txt': 'evil' });
  const stopped = await cli.run('scan', 'x.txt', '--json');
  t.is(stopped.code, 1);
  t.is(stopped.stdout, '');
  t.regex(
    stopped.stderr,
    /^rules\/b\.yar:2:21: error: .*foo.*\[E009\]\n +\| rule B .*\n +\| +\^\^\^\nNothing was scanned: 1 error/,
  );
  const going = await cli.run('scan', 'x.txt', '--json', '--keep-going');
  t.is(going.code, 0);
  t.is(going.lines.length, 1);
  t.regex(going.stderr, /^rules\/b\.yar:2:21: error: [^\n]*\n$/);
});

test('no rule left to scan with is an error', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ 'rules/b.yar': 'rule B { condition: foo }', 'x.txt': 'evil' });
  const { code, stderr } = await cli.run('scan', 'x.txt', '--keep-going');
  t.is(code, 1);
  t.regex(stderr, /No rule file below .* compiles/);
  t.is((await cli.run('scan', 'x.txt', '--rules', 'nowhere')).code, 2);
});

test('a PATH that does not exist ends with 2 and is named, before anything is scanned', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ ...rules, 'x.txt': 'evil' });
  await symlink('nowhere', join(cli.dir, 'dangling'));
  for (const path of ['missing', 'dangling', '']) {
    const { code, stdout, stderr } = await cli.run('scan', 'x.txt', path, '--json');
    t.is(code, 2);
    t.is(stdout, '');
    t.regex(stderr, new RegExp(path === '' ? 'path is empty' : `${path} does not exist`));
  }
});

test('a built ruleset matches what its rules match, and a damaged one is refused', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ ...rules, 'x.txt': 'evil', damaged: 'not a ruleset' });
  t.is((await cli.run('rules', 'build', '--out', 'rules.bin')).code, 0);
  const direct = await cli.run('scan', 'x.txt', '--json');
  await rm(join(cli.dir, 'rules'), { recursive: true });
  const built = await cli.run('scan', 'x.txt', '--json', '--ruleset', 'rules.bin');
  t.is(built.code, 0);
  t.is(built.stdout, direct.stdout);
  t.is((await cli.run('scan', 'x.txt', '--ruleset', 'damaged')).code, 2);
  t.regex((await cli.run('scan', 'x.txt', '--ruleset', 'missing')).stderr, /--ruleset: .*missing cannot be read/);
});

test('a built ruleset whose image is cut short or of another engine reports it, and its sources are compiled instead', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ ...rules, 'x.txt': 'evil' });
  await cli.run('rules', 'build', '--out', 'whole.bin');
  const whole = await readFile(join(cli.dir, 'whole.bin'));
  const { image, ...ruleset } = decodeRuleset(whole, { trustImage: true });
  if (image === undefined || image === null) return t.fail();
  await writeFile(join(cli.dir, 'cut.bin'), whole.subarray(0, -100));
  const foreign = { ...ruleset, image: { ...image, engineSha256: '0'.repeat(64) } };
  const signer = createLocalSigner(join(cli.dir, '.rearview'));
  await writeFile(join(cli.dir, 'foreign.bin'), await signRuleset(foreign, signer));
  const scanned = await cli.run('scan', 'x.txt', '--json', '--ruleset', 'whole.bin');
  t.notRegex(scanned.stderr, /image/);
  for (const [file, why] of [
    ['cut.bin', /The image of ruleset [0-9a-f]{12} is not used: it is truncated.*compiled instead/],
    [
      'foreign.bin',
      /The image of ruleset [0-9a-f]{12} is not used: it was made of another engine module \(000000000000\)/,
    ],
  ] as const) {
    const { code, stderr, stdout } = await cli.run('scan', 'x.txt', '--json', '--ruleset', file);
    t.is(code, 0);
    t.regex(stderr, why);
    t.is(stdout, scanned.stdout);
  }
});

test('the image of a ruleset file that no trusted key has signed is not used, unless requested', async (t) => {
  const [cli, elsewhere] = [await createTestCli(t), await createTestCli(t)];
  await cli.write({ ...rules, 'x.txt': 'evil' });
  // A valid image of rules that match nothing, under the names and hashes of the real rules.
  await elsewhere.write({ 'rules/a.yar': 'rule A { condition: false } rule Empty { condition: false }' });
  for (const each of [cli, elsewhere]) t.is((await each.run('rules', 'build', '--out', 'built.bin')).code, 0);
  const read = async ({ dir }: TestCli) => decodeRuleset(await readFile(join(dir, 'built.bin')), { trustImage: true });
  const [ours, theirs] = [await read(cli), await read(elsewhere)];
  if (!theirs.image) return t.fail();
  const forged = { ...ours, image: theirs.image };
  const stranger = createLocalSigner(join(elsewhere.dir, '.rearview'));
  await cli.write({
    'unsigned.bin': encodeRuleset(forged),
    'stranger.bin': await signRuleset(forged, stranger),
    'manifest.bin': encodeRuleset({ ...forged, rules: [] }),
  });
  const honest = await cli.run('scan', 'x.txt', '--json', '--ruleset', 'built.bin');
  t.regex(honest.stdout, /"rule":"A"/);
  t.notRegex(honest.stderr, /not used/);
  for (const [file, why] of [
    ['unsigned.bin', /--ruleset: unsigned\.bin is not used as it is: it is not signed; its sources are compiled/],
    ['stranger.bin', /signed with the key [0-9a-f]{12}, which is not trusted here; .*--trust-image/],
    ['manifest.bin', /its list of rules differs from its sources/],
  ] as const) {
    const { code, stdout, stderr } = await cli.run('scan', 'x.txt', '--json', '--ruleset', file);
    t.is(code, 0, stderr);
    t.is(stdout, honest.stdout, file);
    t.regex(stderr, why);
  }
  const trusted = await cli.run('scan', 'x.txt', '--json', '--ruleset', 'unsigned.bin', '--trust-image');
  t.notRegex(trusted.stdout, /"rule":"A"/, 'an image decides what matches');
  const without = await cli.run('scan', 'x.txt', '--trust-image');
  t.is(without.code, 2);
  t.regex(without.stderr, /--trust-image needs --ruleset/);
});

test('the image of a ruleset file that came with its own signing key is not used', async (t) => {
  const [cli, attacker] = [await createTestCli(t), await createTestCli(t)];
  await cli.write({ ...rules, 'x.txt': 'evil' });
  await attacker.write({ 'rules/a.yar': 'rule A { condition: false } rule Empty { condition: false }' });
  for (const each of [cli, attacker]) t.is((await each.run('rules', 'build', '--out', 'built.bin')).code, 0);
  const read = async ({ dir }: TestCli) => decodeRuleset(await readFile(join(dir, 'built.bin')), { trustImage: true });
  const [ours, theirs] = [await read(cli), await read(attacker)];
  if (!theirs.image) return t.fail();
  const honest = await cli.run('scan', 'x.txt', '--json', '--ruleset', 'built.bin');
  // An archive that is unpacked: the attacker chose key, ruleset and permissions, and the key is
  // not in the list of known keys.
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const key = join(cli.dir, '.rearview', 'signing-key.pem');
  await writeFile(key, privateKey.export({ format: 'pem', type: 'pkcs8' }));
  const signer: Signer = {
    publicKey: async () => createPublicKey(privateKey).export({ format: 'der', type: 'spki' }),
    sign: async (message) => sign('sha256', message, { key: privateKey, dsaEncoding: 'der' }),
  };
  await writeFile(join(cli.dir, 'r.rrs'), await signRuleset({ ...ours, image: theirs.image }, signer));
  const run = await cli.run('scan', 'x.txt', '--json', '--ruleset', 'r.rrs');
  t.is(run.code, 0, run.stderr);
  t.is(run.stdout, honest.stdout);
  t.regex(run.stderr, /signing-key\.pem was not created by this user on this machine\. Remove it: .*compiled instead/);
  const built = await cli.run('rules', 'build', '--out', 'again.bin');
  t.is(built.code, 0);
  t.regex(built.stderr, /it is now .*signing-key\.pem\.unknown, and a new one signs/);
  const again = await cli.run('scan', 'x.txt', '--json', '--ruleset', 'again.bin');
  t.is(again.stdout, honest.stdout);
  t.notRegex(again.stderr, /not used/);
});

test('a file above --max-size is skipped; one that takes too long fails and does not affect others', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({
    'rules/slow.yar': 'rule Slow { condition: filename == "slow" and for all i in (0..100000000000) : (i >= 0) }',
  });
  await cli.write({ 'f/slow': 'x', 'f/quick': 'x', 'f/large': 'x'.repeat(2000) });
  const { code, lines } = await cli.run('scan', 'f', '--json', '--timeout', '2000', '--max-size', '1KB', '--jobs', '1');
  t.is(code, 0);
  const byPath = new Map(lines.map((line) => [line['path'], line]));
  t.like(byPath.get('f/slow'), { failed: 'timeout', size: 1 });
  t.like(byPath.get('f/quick'), { matches: [] });
  t.like(byPath.get('f/large'), { skipped: 'too_large', size: 2000 });
});

test('with --large-files head the first part of a file above --max-size is scanned, and reported as a part', async (t) => {
  const cli = await createTestCli(t);
  const large = `evil${'.'.repeat(1996)}late`;
  await cli.write({
    'rules/a.yar': 'rule Early { strings: $a = "evil" condition: $a and filesize == 1000 }',
    'rules/b.yar': 'rule Late { strings: $a = "late" condition: $a }',
    'f/large': large,
    'f/limit': large.slice(0, 1000),
  });
  const flags = ['--large-files', 'head', '--max-size', '1KB'];
  const json = await cli.run('scan', 'f', ...flags, '--json', '--stats', 'stats.json');
  t.is(json.code, 0);
  t.is(json.stderr, '');
  const byPath = new Map(json.lines.map((line) => [line['path'], line]));
  const sha256 = createHash('sha256').update(large.slice(0, 1000)).digest('hex');
  t.like(byPath.get('f/large'), { size: 2004, scannedBytes: 1000, sha256, matches: [{ rule: 'Early' }] });
  t.like(byPath.get('f/limit'), { size: 1000, sha256, matches: [{ rule: 'Early' }] });
  t.false('scannedBytes' in (byPath.get('f/limit') ?? {}));
  t.like(JSON.parse(await readFile(join(cli.dir, 'stats.json'), 'utf8')), { files: 2, bytes: 2000, skipped: 0 });
  const { stdout, stderr } = await cli.run('scan', 'f', ...flags);
  t.deepEqual(stdout.split('\n').sort(), ['', 'Early  f/large', 'Early  f/limit']);
  t.regex(
    stderr,
    /^scanned in part: f\/large: 1 match in the first 1000 B of 2\.0 KiB\n2 files: 2 scanned, 1 of them in part \(2\.0 KiB /,
  );
});

test('no state folder is made', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ ...rules, 'x.txt': 'evil' });
  await mkdir(join(cli.dir, 'f'));
  t.is((await cli.run('scan', 'f')).code, 0);
  t.false((await cli.run('doctor', '--json')).stdout.includes('state.db'));
  await t.throwsAsync(readFile(join(cli.dir, '.rearview/state.db')));
});

test('Ctrl-C ends a scan with 130', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ ...rules, 'x.txt': 'evil' });
  const { code, stderr } = await cli.runWith({ signal: AbortSignal.abort() }, 'scan', 'x.txt');
  t.is(code, 130);
  t.regex(stderr, /Interrupted/);
});

test('--rules may name one file, with any name and in any folder: its includes begin there', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({
    'some/one.rules': 'include "lib/helper.inc" rule One { condition: Helper }',
    'some/lib/helper.inc': 'private rule Helper { condition: filesize == 1 }',
    'some/other.yar': 'no rule at all',
    'some/wrong.yar': '\nrule Wrong { condition: foo }',
    x: 'x',
  });
  await symlink('some/one.rules', join(cli.dir, 'link.yar'));
  for (const rules of ['some/one.rules', join(cli.dir, 'some/one.rules'), 'link.yar']) {
    const { code, stdout, stderr } = await cli.run('scan', '--rules', rules, 'x');
    t.is(code, 0, stderr);
    t.is(stdout, 'One  x\n');
  }
  const wrong = await cli.run('scan', '--rules', 'some/wrong.yar', 'x');
  t.is(wrong.code, 1);
  t.regex(wrong.stderr, /^some\/wrong\.yar:2:25: error: /m);
  t.is((await cli.run('scan', '--rules', 'some/missing.yar', 'x')).code, 2);
});

test('--rules and --ruleset together are wrong usage', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ ...rules, x: 'x' });
  await cli.run('rules', 'build', '--out', 'rules.bin');
  const { code, stderr } = await cli.run('scan', '--rules', 'rules', '--ruleset', 'rules.bin', 'x');
  t.is(code, 2);
  t.regex(stderr, /--rules and --ruleset cannot be combined/);
});

// Serial: it counts the threads of the process.
test.serial('a single file starts a single thread, whatever --jobs allows', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ ...rules, 'files/x.txt': 'an evil\n', 'files/y.txt': 'good' });
  let started = 0;
  const count = () => {
    started += 1;
  };
  process.on('worker', count);
  t.teardown(() => process.off('worker', count));
  // Threads with this limit on memory are of this test.
  const limit = ['--max-size', '1501MB'];
  t.is((await cli.run('scan', 'files/x.txt', '--jobs', '4', ...limit)).code, 0);
  t.is(started, 1);
  t.is((await cli.run('scan', 'files', '--jobs', '2', ...limit)).code, 0);
  // The first one was kept.
  t.is(started, 2);
});
