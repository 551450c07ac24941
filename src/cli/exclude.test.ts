import test from 'ava';
import { createTestCli } from '../testing/cli/run-cli.ts';
import { ruleFor } from '../testing/local/test-target.ts';

const meta = 'description = "d" author = "a" date = "2026-01-01" reference = "r" severity = "low"';
const tests = `tests:
  - { name: hit, sample: { text: alpha }, matches: [Alpha] }
  - { name: miss, sample: { text: x }, matches: [] }
`;
const folder = {
  'rules/a.yar': ruleFor('Alpha', 'alpha', meta),
  'rule-tests/a.yar.test.yaml': tests,
  'in/a.txt': 'alpha',
  'in/b.log': 'alpha b',
  'in/cache/c.txt': 'alpha c',
  'in/deep/cache/d.txt': 'alpha d',
};

test('scan skips files that match the patterns of the flag or rearview.yaml, and counts them', async (t) => {
  const cli = await createTestCli(t);
  await cli.write(folder);
  const scan = async (...args: readonly string[]) => {
    const { code, stdout, stderr } = await cli.run('scan', 'in', ...args, '--stats', 'stats.json');
    t.is(code, 0, stderr);
    return [
      stdout
        .split('\n')
        .flatMap((line) => line.split(/\s+/)[1] ?? [])
        .sort(),
      stderr.match(/; (\d+) excluded/)?.[1],
    ];
  };
  t.deepEqual(await scan('--exclude', '*.log', '--exclude', '/cache'), [['in/a.txt', 'in/deep/cache/d.txt'], '2']);
  t.deepEqual(await scan(), [['in/a.txt', 'in/b.log', 'in/cache/c.txt', 'in/deep/cache/d.txt'], undefined]);
  await cli.write({ 'rearview.yaml': 'exclude: [cache/]\n' });
  t.deepEqual(await scan('--exclude', '*.log'), [['in/a.txt'], '3']);
  const named = await cli.run('scan', 'in/b.log', '--exclude', '*.log');
  t.regex(named.stdout, /in\/b\.log/, 'what is named itself is scanned');
  t.is((await cli.run('scan', 'in', '--exclude', '../x')).code, 2);
  await cli.write({ 'rearview.yaml': 'exclude: ["/"]\n' });
  t.regex((await cli.run('scan', 'in')).stderr, /rearview\.yaml:1:.*names no file or folder\. \[/);
});

test('scans of the corpus do not list excluded objects, and show the patterns; earlier matches stay', async (t) => {
  const cli = await createTestCli(t);
  await cli.write(folder);
  const up = async (...args: readonly string[]) =>
    (await cli.run('up', '--once', '--jobs', '1', '--corpus', 'in', ...args)).stderr.match(/completed: (.*?);/)?.[1];
  t.regex((await up('--exclude', '*.log', '--exclude', '/deep/**')) ?? '', /^2 objects = 2 scanned/);
  const status = await cli.run('retro', 'status');
  t.regex(status.stdout, /corpus .*; exclude \*\.log \/deep\/\*\*/);
  const ledger = (await cli.run('retro', 'status', '--ledger', '--json')).lines;
  t.deepEqual(
    ledger.map(({ key }) => String(key).split('/in/')[1]),
    ['a.txt', 'cache/c.txt'],
  );
  t.regex((await up()) ?? '', /^4 objects = 2 scanned \+ 2 covered/, 'without patterns it is another scan');
  await cli.write({ 'rearview.yaml': 'exclude: [a.txt]\n' });
  const { stdout } = await cli.run('retro', 'plan', '--exclude', 'cache/', '--json');
  t.is(JSON.parse(stdout).objects, 1);
  const started = await cli.run('retro', 'start', '--full', '--exclude', 'cache/');
  t.regex(started.stderr, /completed: 1 object =/);
  t.is((await cli.run('matches', 'list', '--json')).lines.length, 4);
});
