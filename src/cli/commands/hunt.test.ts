import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { zipSync } from 'fflate';
import { createTestCli } from '../../testing/cli/run-cli.ts';

const rule = 'rule Lure { strings: $a = "invoice attached" nocase condition: $a }';

async function corpus(t: ExecutionContext) {
  const cli = await createTestCli(t);
  const others = Object.fromEntries(
    Array.from({ length: 20 }, (_, index) => [`in/other-${index}.txt`, `text number ${index}`]),
  );
  await cli.write({
    ...others,
    'in/mail.txt': 'See the INVOICE ATTACHED, please',
    'lure.yar': rule,
    'wide.yar': 'rule Wide { strings: $a = "abc" condition: $a or filesize == 0 }',
    'rules/lure.yar': rule,
  });
  const zip = zipSync({ 'a/inner.txt': Buffer.from('the invoice attached inside') });
  await writeFile(join(cli.dir, 'in/mail.zip'), zip);
  const uploaded = await cli.run('upload', 'in');
  t.is(uploaded.code, 0, uploaded.stderr);
  return cli;
}

test('hunt finds what a full scan finds, before the index is built, after it, and when it is damaged', async (t) => {
  const cli = await corpus(t);
  const found = async (...args: string[]) => {
    const { code, lines, stderr } = await cli.run('hunt', ...args, '--json', '--jobs', '1');
    t.is(code, 0, stderr);
    return { paths: lines.map((line) => (line as { path: string }).path.replace(/^.*\//, '')).sort(), stderr };
  };
  const before = await found('lure.yar');
  t.deepEqual(before.paths, ['mail.txt', 'mail.zip']);
  t.regex(before.stderr, /22 objects: 0 excluded by the index, 22 to read \(22 not indexed\)/);

  const built = await cli.run('index', 'build', '--jobs', '1');
  t.is(built.code, 0, built.stderr);
  t.regex(built.stdout, /^22 objects: 22 indexed now, 0 before, 0 not/);
  t.regex((await cli.run('index', 'build', '--jobs', '1')).stdout, /^22 objects: 0 indexed now, 22 before, 0 not/);

  const after = await found('lure.yar');
  t.deepEqual(after.paths, ['mail.txt', 'mail.zip']);
  t.regex(after.stderr, /22 objects: 20 excluded by the index, 2 to read \(0 not indexed\)/);
  t.deepEqual((await found('{ 69 6E 76 6F 69 63 65 }')).paths, ['mail.zip']);
  t.deepEqual((await found('/INVOICE [A-Z]+,/')).paths, ['mail.txt']);
  t.deepEqual((await found('attached inside')).paths, ['mail.zip']);
  await cli.write({ 'inner.txt': 'the invoice attached inside' });
  t.deepEqual((await found('--file', 'inner.txt')).paths, ['mail.zip']);
  const wide = await found('wide.yar');
  t.regex(wide.stderr, /wide\.yar:Wide reads everything: `\$a` has three bytes/);

  // Other limits: members would not be seen, so nothing is known.
  t.regex((await found('lure.yar', '--no-unpack')).stderr, /0 excluded by the index/);

  const verified = await cli.run('index', 'verify', '--jobs', '1', '--sample', '5');
  t.is(verified.code, 0, verified.stderr);
  t.regex(verified.stdout, /^5 objects scanned, 5 pairs of a rule and an object excluded, 0 wrongly/);

  await cli.write({ 'in/new.txt': 'another invoice attached' });
  await cli.run('upload', 'in/new.txt');
  t.deepEqual((await found('lure.yar')).paths, ['mail.txt', 'mail.zip', 'new.txt']);
  const [status] = (await cli.run('index', 'status', '--json')).lines;
  t.like(status, { objects: 23, indexed: 22, segments: 1 });

  const folder = join(cli.dir, '.rearview/index');
  const [segment = ''] = await readdir(folder);
  const bytes = await readFile(join(folder, segment));
  await writeFile(join(folder, segment), bytes.fill(0, 0, 600));
  const damaged = await found('lure.yar');
  t.deepEqual(damaged.paths, ['mail.txt', 'mail.zip', 'new.txt']);
  t.regex(damaged.stderr, /cannot be used, and its 22 objects count as not indexed/);
  t.is((await cli.run('index', 'verify', '--jobs', '1')).code, 1);
  t.is((await cli.run('index', 'build', '--from-scratch', '--jobs', '1')).code, 0);
  t.regex((await found('lure.yar')).stderr, /20 excluded by the index, 3 to read \(0 not indexed\)/);
});

test('hunt reads no more files than its limit, and states that its result is incomplete', async (t) => {
  const cli = await corpus(t);
  const listed = await cli.run('hunt', 'text number', '--limit', '3', '--candidates');
  t.is(listed.stdout.trim().split('\n').length, 3);
  t.regex(listed.stderr, /19 more files can match and were not read: --limit reads more/);
  t.is(listed.code, 1);
  for (const flags of [['--candidates'], ['--jobs', '1']]) {
    const { code, lines, stderr } = await cli.run('hunt', 'text number', '--json', '--limit', '3', ...flags);
    t.is(code, 1, stderr);
    t.deepEqual(lines.at(-1), { notRead: 19, limit: 3 });
  }
  const whole = await cli.run('hunt', 'text number', '--json', '--limit', '22', '--jobs', '1');
  t.is(whole.code, 0, whole.stderr);
  t.false(whole.stdout.includes('notRead'));
  t.is((await cli.run('hunt')).code, 2);
});

test('a flag names the kind of what to search for, whatever it looks like', async (t) => {
  const cli = await corpus(t);
  const texts = { slashes: 'in /invoice/i', braces: 'a { 61 } b', file: 'see lure.yar', plain: 'invoicE' };
  await cli.write(Object.fromEntries(Object.entries(texts).map(([name, text]) => [`in/${name}.txt`, text])));
  t.is((await cli.run('upload', 'in')).code, 0);
  const found = async (...args: string[]) => {
    const { code, lines, stderr } = await cli.run('hunt', ...args, '--json', '--jobs', '1');
    t.is(code, 0, stderr);
    return lines.map((line) => (line as { path: string }).path.replace(/^.*\//, '')).sort();
  };
  t.deepEqual(await found('--text', '/invoice/i'), ['slashes.txt']);
  t.deepEqual(await found('/invoice/i'), ['mail.txt', 'mail.zip', 'plain.txt', 'slashes.txt']);
  t.deepEqual(await found('--regexp', '/invoice/i'), await found('/invoice/i'));
  t.deepEqual(await found('--text', '{ 61 }'), ['braces.txt']);
  t.deepEqual(await found('--hex', '{ 7b 20 36 }'), ['braces.txt']);
  t.deepEqual(await found('--hex', '7b20 36'), ['braces.txt']);
  t.deepEqual(await found('--text', 'lure.yar'), ['file.txt']);
});

test('text that is not ASCII is found as UTF-8 and as UTF-16', async (t) => {
  const cli = await corpus(t);
  await writeFile(join(cli.dir, 'in/utf8.txt'), 'un café au lait');
  await writeFile(join(cli.dir, 'in/utf16.txt'), Buffer.from('un café au lait', 'utf16le'));
  await writeFile(join(cli.dir, 'in/latin1.txt'), Buffer.from('un café au lait', 'latin1'));
  t.is((await cli.run('upload', 'in')).code, 0);
  t.is((await cli.run('index', 'build', '--jobs', '1')).code, 0);
  const { stdout, stderr } = await cli.run('hunt', 'café au', '--candidates', '--json');
  t.regex(stdout, /^\{"path":".*utf16\.txt"\}\n\{"path":".*utf8\.txt"\}\n$/, stderr);
  const found = await cli.run('hunt', 'café au', '--json', '--jobs', '1');
  t.is(found.lines.length, 2, found.stderr);
});

test('what cannot be searched for is wrong usage, with the reason', async (t) => {
  const cli = await corpus(t);
  await cli.write({ 'private.yar': 'private rule P { condition: true }', 'empty.yar': '' });
  for (const [args, message] of [
    [[''], /the text is empty/],
    [['caf\ufffd'], /is not UTF-8\. Write other bytes as hex/],
    [['/(/'], /^error\[ERR_USAGE\]: Cannot search for \/\(\/: /],
    [['{ 4D 5 }'], /^error\[ERR_USAGE\]: Cannot search for \{ 4D 5 \}: /],
    [['--file', 'missing'], /--file: Cannot read missing: it does not exist\./],
    [['/(/'], /To search for it as text, use --text/],
    [['--regexp', 'inv[a-z]+'], /Write the regular expression between slashes/],
    [['--regexp', '/(/'], /^error\[ERR_USAGE\]: Cannot search for \/\(\/: /],
    [['--hex', '4D 5'], /^error\[ERR_USAGE\]: Cannot search for 4D 5: /],
    [['--text', ''], /the text is empty/],
    [['a', '--text', 'b'], /Name one thing to search for/],
    [['missing.yar'], /missing\.yar does not exist\. To search for its name as text, use --text/],
    [['private.yar'], /private\.yar has no rule that can match/],
    [['empty.yar'], /empty\.yar has no rule that can match/],
  ] as const) {
    const { code, stderr, stdout } = await cli.run('hunt', ...args, '--jobs', '1');
    t.is(code, 2, `${args}: ${stderr}`);
    t.regex(stderr, message);
    t.is(stdout, '');
  }
  const broken = await cli.run('hunt', '--jobs', '1', '--', 'broken.yar');
  t.is(broken.code, 2);
  await cli.write({ 'broken.yar': 'rule broken { condition: foo }' });
  const refused = await cli.run('hunt', 'broken.yar', '--jobs', '1');
  t.is(refused.code, 1);
  t.false(refused.stderr.includes('--keep-going'), refused.stderr);
});
