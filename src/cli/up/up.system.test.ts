import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdir, readFile, realpath, symlink, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { openContentCache } from '../../adapters/local/content-cache.ts';
import { createKeptImages } from '../../app/rulesets/kept/kept-images.ts';
import { createTestCli, type TestCli } from '../../testing/cli/run-cli.ts';
import { runCliProcess } from '../../testing/cli/run-cli-process.ts';
import { startUp } from '../../testing/cli/start-up.ts';
import { readAlerts, ruleFor } from '../../testing/local/test-target.ts';
import { stagedRule } from '../../testing/rules/staged-rule.ts';
import { createArrivals } from './arrivals.ts';
import { createSay } from './say.ts';
import { printEvent } from './up-lines.ts';

const meta = 'description = "d" author = "a" date = "2026-01-01" reference = "r" severity = "low"';
const rule = (name: string, text: string) => ruleFor(name, text, meta);
const testsFor = (...cases: readonly (readonly [text: string, rule: string])[]) =>
  `tests:\n${cases.map(([text, name]) => `  - { name: ${text || 'none'}, sample: { text: "${text}" }, matches: [${name}] }\n`).join('')}`;
const folder = {
  'rules/a.yar': rule('Alpha', 'alpha'),
  'rule-tests/a.yar.test.yaml': testsFor(['alpha', 'Alpha'], ['', '']),
  'corpus/one.txt': 'alpha',
  'corpus/two.txt': 'beta',
};

const once = ['up', '--once', '--jobs', '1', '--corpus', 'corpus'];

const alertsOf = async (cli: TestCli) =>
  (await readAlerts(join(cli.dir, '.rearview', 'alerts.jsonl')))
    .map(({ rule: { name }, object: { key } }) => `${name} ${key.split('/').at(-1)}`)
    .sort();

test('--once checks, tests, publishes and scans, prints the sum, and scans nothing the second time', async (t) => {
  const cli = await createTestCli(t);
  await cli.write(folder);
  const first = await cli.run(...once);
  t.is(first.code, 0, first.stderr);
  t.regex(first.stderr, /1 rule in 1 file, 2 tests passed/);
  t.regex(
    first.stderr,
    /completed: 2 objects = 2 scanned \+ 0 covered \+ 0 excluded \+ 0 skipped \+ 0 failed; 1 match/,
  );
  t.regex(first.stdout, /ALERT +low a\.yar:Alpha in .*one\.txt/);
  const second = await cli.run(...once);
  t.regex(second.stderr, /2 objects = 0 scanned \+ 2 covered/);
  t.is(second.stdout, '');
});

test('no line that up prints acts on the terminal or forges another, whatever files are named', async (t) => {
  const cli = await createTestCli(t);
  const name = 'z\u001b]0;owned\u0007\u001b[2J\u202e\nretro    forged.yar';
  await cli.write({ ...folder, [`rules/${name}`]: 'rule Z { condition: nonsense }', [`corpus/${name}`]: 'alpha' });
  const broken = await cli.run(...once);
  t.is(broken.code, 1);
  t.regex(broken.stderr, /z\\x1b\]0;owned\\x07\\x1b\[2J\\u202e\\nretro {4}forged\.yar/);
  t.notRegex(broken.stderr, /^retro {4}forged/m);
  const lines: string[] = [];
  const say = createSay((line) => void lines.push(line));
  say('rules', `a${name}`);
  printEvent({ type: 'problem', where: name, message: name }, say, createArrivals(say));
  t.is(lines.length, 2);
  for (const line of lines) t.notRegex(line, /[\p{Cc}\p{Cf}]/u);
});

test('a copied state folder continues: its key is set aside, and its ruleset signed again', async (t) => {
  const cli = await createTestCli(t);
  await cli.write(folder);
  // By another user, whose list of known keys is not ours.
  const theirs = { cwd: cli.dir, env: { XDG_STATE_HOME: join(cli.dir, 'theirs') } };
  const first = await runCliProcess(once, theirs);
  t.is(first.code, 0, first.stderr);
  const again = await cli.run(...once);
  t.is(again.code, 0, again.stderr);
  t.regex(again.stderr, /signing key.*it is now .*signing-key\.pem\.unknown/);
  t.regex(again.stderr, /2 objects = 0 scanned \+ 2 covered/);
  const third = await cli.run(...once);
  t.notRegex(third.stderr, /signing-key|not used/);
  t.regex((await cli.run('doctor')).stdout, /ok {4}ruleset .*authentic/);
});

test('if the target cannot be written, everything continues from the sources, which is reported once', async (t) => {
  const cli = await createTestCli(t);
  await cli.write(folder);
  const options = { cwd: cli.dir, env: { XDG_STATE_HOME: '', HOME: '/dev/null' } };
  for (const _ of [1, 2]) {
    const run = await runCliProcess(once, options);
    t.is(run.code, 0, run.stderr);
    t.is(run.stderr.match(/Cannot record the signing key/g)?.length, 1, run.stderr);
  }
  t.false((await readdir(join(cli.dir, '.rearview'))).includes('signing-key.pem'));
  t.deepEqual(await alertsOf(cli), ['Alpha one.txt']);
});

test('--once ends with 1 if alerts were not delivered, counts them once, and no later run repeats them elsewhere', async (t) => {
  const cli = await createTestCli(t);
  const names = Array.from({ length: 300 }, (_, index) => `corpus/${index}.txt`);
  await cli.write({ ...folder, ...Object.fromEntries(names.map((name) => [name, `alpha ${name}`])) });
  const run = await cli.run(...once, '--webhook', 'http://127.0.0.1:9/');
  t.is(run.code, 1, run.stderr);
  t.is(run.stderr.match(/webhook does not take alerts/g)?.length, 1, run.stderr);
  t.regex(run.stderr, /alerts +301 alerts undelivered to webhook; the next run sends them\n/);
  t.is(run.stdout.match(/^ALERT/gm)?.length, 301);
  const again = await cli.run(...once);
  t.is(again.code, 1, 'the webhook is remembered');
  t.regex(again.stderr, /301 alerts undelivered to webhook/);
  t.is(again.stdout, '', 'nothing is printed again');
  const file = join(cli.dir, '.rearview', 'alerts.jsonl');
  t.is(new Set((await readAlerts(file)).map(({ id }) => id)).size, 301);
  t.is((await readAlerts(file)).length, 301);
  const next = await cli.run(...once, '--webhook', 'none');
  t.is(next.code, 0, next.stderr);
  t.is((await readAlerts(file)).length, 301);
});

test('a FIFO as alerts.jsonl is refused', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ ...folder, '.rearview/notes': '' });
  execFileSync('mkfifo', [join(cli.dir, '.rearview', 'alerts.jsonl')]);
  const run = await cli.run(...once);
  t.is(run.code, 2, run.stderr);
  t.regex(run.stderr, /alerts\.jsonl: it is a FIFO, not a regular file/);
  const doctor = await cli.run('doctor');
  t.is(doctor.code, 0, 'there is no state yet');
});

test('a blob whose bytes were altered fails its object, and uploading the file again repairs it', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ ...folder, 'in/a.txt': 'alpha' });
  t.is((await cli.run('upload', 'in')).code, 0);
  const sha256 = createHash('sha256').update('alpha').digest('hex');
  const blob = join(cli.dir, '.rearview', 'corpus', sha256.slice(0, 2), sha256);
  await writeFile(blob, 'other');
  t.is((await cli.run(...once)).code, 0);
  const ledger = (await cli.run('retro', 'status', '--ledger')).stdout;
  t.regex(ledger, /in\/a\.txt .*unreadable.*stored content of in\/a\.txt is damaged/);
  t.regex((await cli.run('upload', '--verify', 'in')).stderr, /1 uploaded|uploaded 1|1 file/);
  t.is(await readFile(blob, 'utf8'), 'alpha');
  t.is((await cli.run('retro', 'start', '--jobs', '1')).code, 0);
  t.true((await alertsOf(cli)).includes('Alpha a.txt'));
});

test('--large-files head scans the first part of a large file, and every command reports that it was a part', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ ...folder, 'corpus/one.txt': `alpha${'.'.repeat(1995)}`, '.rearview/inbox/in': 'x'.repeat(3000) });
  const run = await cli.run(...once, '--large-files', 'head', '--max-size', '1KB');
  t.is(run.code, 0, run.stderr);
  t.regex(run.stderr, /completed: 2 objects = 2 scanned .* 1 match; 1004 B in/);
  t.regex(run.stdout, /ALERT +low a\.yar:Alpha in .*one\.txt \(its first 1000 of 2000 bytes\)/);
  const [alert] = await readAlerts(join(cli.dir, '.rearview', 'alerts.jsonl'));
  t.like(alert?.file, { size: 2000, scannedBytes: 1000 });
  t.regex(
    (await cli.run('retro', 'status', '--ledger')).stdout,
    /one\.txt .*1 match in the first 1000 B of 2\.0 KiB\n/,
  );
  t.regex((await cli.run('retro', 'status')).stdout, /scanned +1004 B, 1 rule match/);
  const ledger = (await cli.run('retro', 'status', '--ledger', '--json')).lines;
  t.deepEqual(
    ledger.map(({ size, outcome }) => [size, outcome]),
    [
      [2000, { status: 'scanned', matches: 1, scannedBytes: 1000 }],
      [4, { status: 'scanned', matches: 0 }],
    ],
  );
  const shown = await cli.run('matches', 'show', alert?.file.sha256 ?? '');
  t.regex(shown.stdout, /part +matched, and hashed, in the first 1000 B of 2\.0 KiB/);
  t.like((await cli.run('matches', 'list', '--json')).lines[0], { file: { size: 2000, scannedBytes: 1000 } });
  t.regex((await cli.run(...once)).stderr, /2 objects = 1 scanned \+ 1 covered/, 'without the limit it is due again');
});

test('files that were uploaded before the first rules wait for them, and are not a problem', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ ...folder, 'files/a': 'alpha' });
  t.is((await cli.run('upload', 'files')).code, 0);
  const { code, stderr } = await cli.run(...once);
  t.is(code, 0);
  t.notRegex(stderr, /problem|No ruleset/);
  t.regex(stderr, /arrived +.*files\/a: 1 match\n/);
});

test('an alert that the webhook did not take is sent there by a later run, until the webhook is forgotten', async (t) => {
  const taken: string[] = [];
  let status = 500;
  const server = createServer((request, response) => {
    if (status === 200) taken.push(String(request.headers['rearview-alert-id']));
    response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  const { port } = server.address() as AddressInfo;
  const cli = await createTestCli(t);
  await cli.write(folder);
  const refused = await cli.run(...once, '--webhook', `http://127.0.0.1:${port}/?token=secret`);
  t.regex(refused.stderr, /webhook +alerts go to 127\.0\.0\.1:\d+\n/);
  t.regex(refused.stderr, /webhook does not take alerts.*HTTP 500/);
  t.regex(refused.stderr, /1 alert undelivered to webhook; the next run sends it\n/);
  t.notRegex(refused.stderr, /token=secret/);
  status = 200;
  const later = await cli.run(...once);
  t.regex(later.stderr, /webhook +alerts go to .* as last time; --webhook none removes it\n/);
  t.is(taken.length, 1);
  await cli.write({ 'corpus/three.txt': 'alpha, too' });
  t.is((await cli.run('retro', 'start', '--jobs', '1')).code, 0);
  t.is(taken.length, 2, 'a scan that "up" does not carry out alerts there as well');
  await cli.write({ 'corpus/four.txt': 'alpha, again' });
  t.notRegex((await cli.run(...once, '--webhook', 'none')).stderr, /webhook/);
  t.is(taken.length, 2);
});

test('up records since when rules are staged', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ ...folder, ...stagedRule('Quiet', 'quiet'), 'corpus/quiet.txt': 'quiet' });
  const before = new Date().toISOString();
  const run = await cli.run(...once);
  t.is(run.code, 0);
  t.regex(run.stderr, /; 2 matches, 1 of staged rules;/);
  const after = new Date().toISOString();
  const [quiet] = (await cli.run('rules', 'staged', '--json')).lines;
  t.like(quiet, { rule: 'quiet.yar:Quiet', decision: 'soaking' });
  const since = String(quiet?.['since']);
  t.true(before <= since && since <= after, 'not when it was first asked for');
});

test('retro plan and start count what --large-files head would scan', async (t) => {
  const cli = await createTestCli(t);
  await cli.write(folder);
  await cli.run(...once);
  await cli.write({ 'corpus/large': '' });
  await truncate(join(cli.dir, 'corpus/large'), 300 * 2 ** 20);
  t.like((await cli.run('retro', 'plan', '--json')).lines[0], { dueObjects: 0, otherObjects: 1 });
  const head = (await cli.run('retro', 'plan', '--json', '--large-files', 'head')).lines[0];
  t.like(head, { dueObjects: 1, dueBytes: 256 * 2 ** 20, otherObjects: 0 });
  const started = await cli.run('retro', 'start', '--no-wait', '--large-files', 'head');
  t.regex(started.stderr, /1 rule over 1 of 3 objects, 256 MiB/);
});

test('rules that do not compile, or fail their tests, end with 1, are named by file and line, and replace nothing', async (t) => {
  const cli = await createTestCli(t);
  await cli.write(folder);
  await cli.run(...once);
  await cli.write({ 'rules/a.yar': `${folder['rules/a.yar']}rule Broken { condition: nope }\n` });
  const broken = await cli.run(...once);
  t.is(broken.code, 1);
  t.regex(broken.stderr, /a\.yar:2:26: error: .*nope/);
  await cli.write({ 'rules/a.yar': rule('Alpha', 'gamma') });
  const failing = await cli.run(...once);
  t.is(failing.code, 1);
  t.regex(failing.stderr, /a\.yar\.test\.yaml:2:\d+: error: test "alpha": .*Alpha/);
  await cli.write({ 'rules/a.yar': folder['rules/a.yar'] });
  t.regex((await cli.run(...once)).stderr, /active already, number 1/);
});

test('a ruleset of which all rules are left out is not published, and the active one stays', async (t) => {
  t.timeout(120_000);
  const cli = await createTestCli(t);
  const sources = (more: string) => ({ 'rules/sources.yaml': `sources:\n  pack: { url: "../pack"${more} }\n` });
  await cli.write({ ...sources(', state: active'), 'rules/vendor/pack/a.yar': rule('Alpha', 'alpha') });
  await cli.write({ 'corpus/one.txt': 'alpha' });
  const up = startUp(t, cli);
  await up.prints(/ready/);
  await cli.write({ 'rules/vendor/pack/a.yar': 'rule Alpha { condition: thor }' });
  await up.prints(
    /vendor +1 public rule quarantined: [\s\S]*not published: All rules below \S+ are left out[\s\S]*the active ruleset stays/,
  );
  await cli.write({ '.rearview/inbox/two.txt': 'alpha' });
  await up.prints(/two\.txt: 1 match/);
  up.stop();
  t.is((await up.ended).code, 0);
  const again = await cli.run('up', '--once', '--jobs', '1', '--corpus', 'corpus');
  t.is(again.code, 1);
  t.regex(again.stderr, /not published: All rules below/);
});

test('while it runs, a rollback by another process is printed, and what it publishes itself is not printed twice', async (t) => {
  const cli = await createTestCli(t);
  await cli.write(folder);
  await cli.run(...once);
  await cli.write({
    'rules/b.yar': rule('Beta', 'beta'),
    'rule-tests/b.yar.test.yaml': testsFor(['beta', 'Beta'], ['', '']),
  });
  const up = startUp(t, cli);
  await up.prints(/ready /);
  const rolledBack = await cli.run('ruleset', 'rollback');
  t.is(rolledBack.code, 0, rolledBack.stderr);
  await up.prints(/ruleset +[0-9a-f]{12} rolled back to number 1 by another process, number 3 \(before: 2\)/);
  t.is(up.output().match(/number 2/g)?.length, 1);
});

test('while it runs, files in the inbox are scanned and alert, again when they change, and stay there', async (t) => {
  t.timeout(120_000);
  const cli = await createTestCli(t);
  await cli.write(folder);
  const up = startUp(t, cli);
  await up.prints(/ready/);
  await cli.write({ '.rearview/inbox/mail/new.txt': 'nothing yet' });
  await up.prints(/arrived +mail\/new\.txt: 0 matches/);
  await cli.write({ '.rearview/inbox/mail/new.txt': 'now alpha' });
  await up.prints(/arrived +mail\/new\.txt: 1 match/);
  while ((await alertsOf(cli)).length < 2) await sleep(20);
  t.deepEqual(await alertsOf(cli), ['Alpha new.txt', 'Alpha one.txt']);
  await symlink(join(cli.dir, 'corpus/one.txt'), join(cli.dir, '.rearview/inbox/link.txt'));
  await up.prints(/problem +inbox: .*link\.txt: It is a symbolic link, which is not followed/);
  execFileSync('mkfifo', [join(cli.dir, '.rearview/inbox/pipe')]);
  await up.prints(/problem +inbox: .*pipe: It is a FIFO/);
  const notFiles = async () => {
    const day = `live-${new Date().toISOString().slice(0, 10)}`;
    const { stdout } = await cli.run('retro', 'status', day, '--ledger', '--json', '--status', 'skipped');
    return (
      stdout
        .match(/"key":"[^"]*"/g)
        ?.map((each) => each.slice(7, -1))
        .sort() ?? []
    );
  };
  while ((await notFiles()).length < 2) await sleep(20);
  t.deepEqual(await notFiles(), ['link.txt', 'pipe']);
  t.is(await readFile(join(cli.dir, '.rearview/inbox/mail/new.txt'), 'utf8'), 'now alpha');
});

test('while it runs, only a saved rule is scanned over the corpus; a broken one is reported and changes nothing', async (t) => {
  t.timeout(120_000);
  const cli = await createTestCli(t);
  await cli.write(folder);
  const up = startUp(t, cli);
  await up.prints(/ready/);
  await cli.write({ 'rules/b.yar': 'rule Beta { condition: nope }' });
  await up.prints(/b\.yar:1:24: error: [\s\S]*the active ruleset stays/);
  t.regex(
    up.output(),
    /ready [\s\S]*checking …\n[\s\S]*b\.yar:1:24: error: .*\n.* {4}\| rule Beta \{ condition: nope \}\n.* {4}\| {24}\^+\n/,
  );
  await cli.write({
    'rule-tests/b.yar.test.yaml': testsFor(['beta', 'Beta'], ['', '']),
    'rules/b.yar': rule('Beta', 'beta'),
  });
  await up.prints(/b\.yar:Beta over 1 of 2 objects[\s\S]*completed: 2 objects = 1 scanned \+ 0 covered \+ 1 excluded/);
  up.stop();
  t.is((await up.ended).code, 0);
  t.regex(
    up.output(),
    /stopping what is under way is finished; Ctrl-C again ends at once\n[\s\S]*stopped {2}nothing is lost/,
  );
  for (const line of up.output().trimEnd().split('\n')) t.regex(line, /^\d\d:\d\d:\d\d /, 'every line has its time');
  t.deepEqual(await alertsOf(cli), ['Alpha one.txt', 'Beta two.txt']);
});

test('of many rules, a saved one is published at once, all are scanned with, and the next run has nothing to compile', async (t) => {
  t.timeout(120_000);
  const cli = await createTestCli(t);
  const env = { XDG_CACHE_HOME: join(cli.dir, 'cache') };
  const filler = `// ${'x'.repeat(300 * 1024)}\n`;
  await cli.write({ ...folder, 'rules/a.yar': `${filler}${rule('Alpha', 'alpha')}` });
  await cli.write({
    'rules/b.yar': rule('Beta', 'gamma'),
    'rule-tests/b.yar.test.yaml': testsFor(['gamma', 'Beta'], ['', '']),
  });
  const up = startUp(t, cli, { env });
  await up.prints(/ready/);
  await cli.write({
    'rule-tests/b.yar.test.yaml': testsFor(['beta', 'Beta'], ['', '']),
    'rules/b.yar': rule('Beta', 'beta'),
  });
  await up.prints(/b\.yar:Beta over 1 of 2 objects[\s\S]*completed: 2 objects = 1 scanned \+ 0 covered \+ 1 excluded/);
  await cli.write({ '.rearview/inbox/three.txt': 'alpha beta gamma' });
  await up.prints(/three\.txt: 2 matches/);
  // The image comes last, with the file of the ruleset.
  const open = () => openContentCache(join(env.XDG_CACHE_HOME, 'rearview'), { now: Date.now });
  const kept = async () => {
    const cache = open();
    if (cache === null) return false;
    const base = createKeptImages(cache).base(await realpath(join(cli.dir, 'rules')));
    cache.close();
    return base?.sources.get('b.yar')?.length === rule('Beta', 'beta').length;
  };
  while (!(await kept())) await sleep(50);
  up.stop();
  t.is((await up.ended).code, 0);
  t.deepEqual(await alertsOf(cli), ['Alpha one.txt', 'Alpha three.txt', 'Beta three.txt', 'Beta two.txt']);
  const again = await cli.runWith({ env }, ...once);
  t.is(again.code, 0, again.stderr);
  t.regex(again.stderr, /3 of 3|all 3 objects are covered/);
});

test('a second process on the same state folder is refused and changes nothing', async (t) => {
  t.timeout(120_000);
  const cli = await createTestCli(t);
  await cli.write(folder);
  const up = startUp(t, cli);
  await up.prints(/ready/);
  await cli.write({ 'corpus/three.txt': 'alpha' });
  const second = await cli.run(...once);
  t.is(second.code, 75);
  t.regex(second.stderr, /is run by process \d+/);
  t.deepEqual(await alertsOf(cli), ['Alpha one.txt']);
});
