import { execFileSync } from 'node:child_process';
import { chmod, chown } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { acquireStateLock } from '../../adapters/local/state-lock.ts';
import { createTestCli, testedRule } from '../../testing/cli/run-cli.ts';
import { testUnless } from '../../testing/test-unless.ts';

test('publish, upload, retro start, matches: from a rule to its matches', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({
    ...testedRule('Evil', 'evil'),
    'in/one.txt': 'evil',
    'in/same.txt': 'evil',
    'in/good.txt': 'good',
  });

  const published = await cli.run('publish');
  t.is(published.code, 0, published.stderr);
  t.regex(published.stdout, /^[0-9a-f]{64} {2}number 1 {2}published\n/);
  t.regex(published.stdout, /Evil/);
  t.regex((await cli.run('publish')).stdout, /number 1 {2}active already/);

  const uploaded = await cli.run('upload', 'in', '--key', 'mail', '--json', '--concurrency', '1');
  t.is(uploaded.code, 0, uploaded.stderr);
  t.deepEqual(
    uploaded.lines.map(({ key }) => key),
    ['mail/in/good.txt', 'mail/in/one.txt', 'mail/in/same.txt'],
  );
  t.regex(uploaded.stderr, /scanned when "rearview up" runs/);

  const plan = await cli.run('retro', 'plan', '--json');
  t.like(plan.lines[0], { objects: 3, dueObjects: 3, dueRules: ['evil.yar:Evil'] });
  t.regex((await cli.run('retro', 'plan')).stdout, /to scan {3}3 objects/);

  for (const command of ['plan', 'start']) {
    const { code, stderr } = await cli.run('retro', command, '--inventory', 's3://inventories/manifest.json');
    t.is(code, 2);
    t.regex(stderr, /Inventories are only for S3 buckets, with --target aws/);
  }

  const started = await cli.run('retro', 'start', '--jobs', '1');
  t.is(started.code, 0, started.stderr);
  t.regex(started.stdout, /^retro-\S+\n$/);
  t.regex(started.stderr, /completed: 3 objects = /);

  const status = await cli.run('retro', 'status', '--json');
  t.like(status.lines[0], { id: started.stdout.trim(), state: 'completed', counts: { objects: 3 } });
  t.regex((await cli.run('retro', 'status')).stdout, /ledger {3}3 objects = /);
  const ledger = await cli.run('retro', 'status', '--ledger', '--json');
  t.is(ledger.lines.length, 3);
  t.is((await cli.run('retro', 'status', '--status', 'failed,skipped')).stdout, '');
  t.regex((await cli.run('retro', 'list')).stdout, /COVERED[\s\S]*completed/);
  t.is((await cli.run('retro', 'watch', '--json')).lines.length, 1);

  const listed = await cli.run('matches', 'list', '--json');
  t.is(listed.lines.length, 1);
  t.like(listed.lines[0], { rule: 'Evil', namespace: 'evil.yar', severity: 'high', objects: 2, staged: false });
  t.regex((await cli.run('matches', 'list', '--rule', 'evil.yar:Evil', '--since', '1h')).stdout, /high +Evil/);
  const unknown = await cli.run('matches', 'list', '--rule', 'Evli');
  t.is(unknown.code, 2);
  t.regex(unknown.stderr, /No rule "Evli" is active, and none matched\.\nSimilar names:\n {2}Evil/);
  const countOf = async (...flags: readonly string[]) =>
    (await cli.run('matches', 'list', '--json', ...flags)).lines.length;
  for (const flags of [
    ['--rule', 'Ev*'],
    ['--rule', 'evil.yar:*'],
    ['--severity', 'low,High'],
    ['--path', '*/one.txt'],
  ]) {
    t.is(await countOf(...flags), 1, flags.join(' '));
  }
  for (const flags of [
    ['--severity', 'low'],
    ['--path', 'one.txt'],
    ['--tag', 'none'],
  ]) {
    t.is(await countOf(...flags), 0, flags.join(' '));
  }
  const sha256 = String(listed.lines[0]?.['sha256']);
  const shown = await cli.run('matches', 'show', sha256);
  t.regex(
    shown.stdout,
    /evil\.yar:Evil[\s\S]*\$a at 0, 4 bytes: evil[\s\S]*mail\/in\/one\.txt[\s\S]*mail\/in\/same\.txt/,
  );
  t.like((await cli.run('matches', 'show', sha256, '--json')).lines[0], { sha256, strings: [{ identifier: '$a' }] });
  t.is((await cli.run('matches', 'show', '0'.repeat(64))).code, 2);
  t.is((await cli.run('matches', 'show', sha256.slice(0, 16).toUpperCase())).stdout, shown.stdout);
  t.regex((await cli.run('matches', 'show', '00000000')).stderr, /No match is on record for 00000000/);
  t.regex((await cli.run('matches', 'show', sha256.slice(0, 7))).stderr, /use 8 to 64 hexadecimal digits/);

  await cli.write({ ...testedRule('Later', 'later') });
  await cli.run('publish');
  await cli.run('retro', 'start', '--no-wait');
  const waiting = await cli.run('retro', 'list');
  t.regex(waiting.stdout, /^retro-\S+ +waiting /m);
  t.regex(waiting.stderr, /no process runs the pipeline/);
  await cli.run('retro', 'start', '--jobs', '1');

  const again = await cli.run('retro', 'start');
  t.regex(again.stderr, /0 rules over 0 of 3 objects/);

  const unplanned = await cli.run('retro', 'start', '--full', '--no-plan');
  t.is(unplanned.code, 0, unplanned.stderr);
  t.notRegex(unplanned.stderr, /rules over/);
  const { lines } = await cli.run('retro', 'status', unplanned.stdout.trim(), '--json');
  t.like(lines[0], { state: 'completed', expected: null, counts: { objects: 3, scanned: 3 } });
});

test('a retro scan is noted down, paused, resumed and cancelled', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ ...testedRule('Evil', 'evil'), 'one.txt': 'evil' });
  await cli.run('publish');
  await cli.run('upload', 'one.txt');
  const started = await cli.run('retro', 'start', '--no-wait', '--prefix', 'o', '--min-size', '1');
  t.is(started.code, 0);
  t.regex(started.stderr, /it runs when "rearview up" runs/);
  const id = started.stdout.trim();
  t.is((await cli.run('retro', 'start', '--no-wait', '--prefix', 'o', '--min-size', '1')).stdout.trim(), id);
  t.is((await cli.run('retro', 'pause')).stdout, `${id} paused\n`);
  t.is((await cli.run('retro', 'start', '--no-wait', '--prefix', 'o', '--min-size', '1')).code, 2);
  const resumed = await cli.run('retro', 'resume', id);
  t.is(resumed.stdout, `${id} running\n`);
  t.regex(resumed.stderr, /No process runs the pipeline/);
  t.regex((await cli.run('doctor')).stdout, /warn {2}scans .*has not finished/);
  t.regex((await cli.run('doctor')).stdout, /ok {4}privacy /);
  await chmod(join(cli.dir, '.rearview'), 0o755);
  t.regex((await cli.run('doctor')).stdout, /warn {2}privacy .*could read .* until now \(mode 755\)/);
  t.regex((await cli.run('doctor')).stdout, /ok {4}privacy /);
  const watched = await cli.runWith({ signal: AbortSignal.timeout(300) }, 'retro', 'watch', id);
  t.is(watched.code, 130);
  t.is(watched.stdout, '');
  t.regex(watched.stderr, /No process runs the pipeline/);
  t.is((await cli.run('retro', 'list', '--json', '--limit', '1')).lines.length, 1);
  t.is((await cli.run('retro', 'cancel', id)).stdout, `${id} cancelled\n`);
  const late = await cli.run('retro', 'resume', id);
  t.is(late.code, 2);
  t.regex(late.stderr, /is cancelled; it cannot resume/);
  t.is((await cli.run('retro', 'pause')).code, 2);
  t.is((await cli.run('retro', 'watch', id)).code, 1);
});

testUnless(
  process.getuid?.() === 0 ? null : 'needs the superuser',
  'doctor and every other command report a state folder of another user, and the way out',
  async (t) => {
    const cli = await createTestCli(t);
    await cli.write(testedRule('Evil', 'evil'));
    t.is((await cli.run('publish')).code, 0);
    await chown(join(cli.dir, '.rearview'), 12_345, 12_345);
    const doctor = await cli.run('doctor');
    t.is(doctor.code, 1, doctor.stderr);
    t.regex(doctor.stdout, /fail {2}state .*belongs to the user 12345.*sudo -u/);
    for (const command of [
      ['retro', 'list'],
      ['publish'],
      ['rules', 'build', '--out', 'built.bin'],
      ['upload', 'rules'],
    ]) {
      const { code, stderr } = await cli.run(...command);
      t.is(code, 2, command.join(' '));
      t.regex(
        stderr,
        /error\[ERR_CONFIG\]: Cannot use the state folder .*belongs to the user 12345/,
        command.join(' '),
      );
    }
  },
);

test('a retro scan is left to the process that runs the pipeline', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ ...testedRule('Evil', 'evil'), 'one.txt': 'evil' });
  await cli.run('publish');
  const lock = acquireStateLock(join(cli.dir, '.rearview/pipeline.lock'));
  t.teardown(() => lock?.release());
  const started = await cli.run('retro', 'start');
  t.is(started.code, 0);
  t.regex(started.stderr, /Another process runs the pipeline/);
  t.notRegex((await cli.run('upload', 'one.txt')).stderr, /rearview up/);
});

test('limits that nothing can pass are wrong usage', async (t) => {
  const cli = await createTestCli(t);
  await cli.write(testedRule('Evil', 'evil'));
  await cli.run('publish');
  t.is((await cli.run('retro', 'plan', '--min-size', '2', '--max-size', '1')).code, 2);
  t.is((await cli.run('retro', 'start', '--arrived-after', '1d', '--arrived-before', '2d')).code, 2);
});

test('commands that read the state report a missing state folder, and create none', async (t) => {
  const cli = await createTestCli(t);
  for (const args of [
    ['retro', 'list'],
    ['retro', 'start'],
    ['matches', 'list'],
    ['queue', 'status'],
    ['queue', 'redrive'],
  ]) {
    const { code, stderr } = await cli.run(...args, '--state', 'nowhere');
    t.is(code, 2);
    t.regex(stderr, /There is no state folder .*nowhere: run "rearview up"/);
  }
});

test('without a published ruleset a retro scan is refused', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ 'one.txt': 'evil' });
  await cli.run('upload', 'one.txt');
  t.regex((await cli.run('retro', 'start')).stderr, /run "rearview publish" first/);
  t.regex((await cli.run('retro', 'plan')).stderr, /run "rearview publish" first/);
  t.regex((await cli.run('retro', 'status')).stderr, /There is no retro scan yet/);
  t.is((await cli.run('retro', 'list')).stdout, 'no scans\n');
});

test('rules that fail their tests are not published, and the active ruleset stays', async (t) => {
  const cli = await createTestCli(t);
  await cli.write(testedRule('Evil', 'evil'));
  await cli.run('publish');
  await cli.write({ 'rules/evil.yar': 'rule Evil { condition: false }' });
  const { code, stdout, stderr } = await cli.run('publish');
  t.is(code, 1);
  t.is(stdout, '');
  t.regex(stderr, /rule-tests\/evil\.yar\.test\.yaml:2:1: error: test "hit": - evil\.yar:Evil should match/);
  t.regex(stderr, /Not published/);
  t.is((await cli.run('publish', '--replaces', 'none')).code, 1);
});

test('publish --replaces guards against another publisher', async (t) => {
  const cli = await createTestCli(t);
  await cli.write(testedRule('Evil', 'evil'));
  t.is((await cli.run('publish', '--replaces', 'none')).code, 0);
  await cli.write(testedRule('Worse', 'worse'));
  const { code, stderr } = await cli.run('publish', '--replaces', 'none');
  t.is(code, 1);
  t.regex(stderr, /The active ruleset is [0-9a-f]+, not none/);
});

test('upload keeps the names of files, and reports which could not be uploaded', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ 'f/a\nb +%.txt': 'x', 'f/c/d': '' });
  execFileSync('mkfifo', [join(cli.dir, 'f/fifo')]);
  const { code, lines, stderr } = await cli.run('upload', 'f', '--json', '--meta', 'Source=test', '--meta', 'a=b=c');
  t.is(code, 1);
  t.deepEqual(lines.map(({ status, key, size, reason }) => [key, status, size ?? reason]).sort(), [
    ['f/a\nb +%.txt', 'uploaded', 1],
    ['f/c/d', 'uploaded', 0],
    ['f/fifo', 'failed', 'not_a_regular_file'],
  ]);
  t.regex(stderr, /not uploaded: f\/fifo: It is a FIFO/);
  t.is((await cli.run('upload', 'f', '--meta', 'nonsense')).code, 2);
  t.is((await cli.run('upload', 'f/c', 'missing')).code, 2);
  t.is((await cli.run('upload', 'f/c/d', '--filepath', 'C:\\d.exe')).code, 0);
  t.is((await cli.run('upload', 'f', '--filepath', 'C:\\d.exe')).code, 2);
});

test('queues are shown, and dead letters are listed and redriven', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ 'one.txt': 'evil' });
  await cli.run('upload', 'one.txt');
  t.like((await cli.run('queue', 'status', '--json')).lines[0], {
    queue: 'live',
    visible: 1,
    inFlight: 0,
    deadLetters: 0,
  });
  t.regex((await cli.run('queue', 'status')).stdout, /QUEUE +WAITING[\s\S]*live +1/);
  t.is((await cli.run('queue', 'status', '--dead-letters')).stdout, '');
  t.is(
    (await cli.run('queue', 'redrive')).stdout,
    'live: 0 messages put back\nretro: 0 messages put back\npreview: 0 messages put back\n',
  );
  t.is((await cli.run('queue', 'redrive', '--queue', 'live', 'no-such-letter')).code, 2);
  t.regex((await cli.run('doctor')).stdout, /warn {2}queue live .*run "rearview up"/);
});
