import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { acquireStateLock } from '../../adapters/local/state-lock.ts';
import { openLocalTarget } from '../../targets/local/local-target.ts';
import { createTestCli, type TestCli, testedRule } from '../../testing/cli/run-cli.ts';
import { readAlerts } from '../../testing/local/test-target.ts';

const shipped = async () => ({
  'rules/test/eicar.yar': await readFile(new URL('../../../rules/test/eicar.yar', import.meta.url), 'utf8'),
  'rule-tests/test/eicar.yar.test.yaml': await readFile(
    new URL('../../../rule-tests/test/eicar.yar.test.yaml', import.meta.url),
    'utf8',
  ),
});

/** The pipeline of the folder, ready, until the test ends. */
async function startUp(t: ExecutionContext, cli: TestCli): Promise<void> {
  const stop = new AbortController();
  const stderr = new PassThrough();
  let output = '';
  stderr.on('data', (chunk) => {
    output += String(chunk);
  });
  await cli.write({ 'corpus/one.txt': 'nothing' });
  const ended = cli.runWith({ stderr, signal: stop.signal }, 'up', '--jobs', '1', '--corpus', 'corpus');
  t.teardown(async () => {
    stop.abort();
    await ended;
  });
  while (!output.includes('ready')) await sleep(20);
}

async function keysLeft(cli: TestCli): Promise<readonly string[]> {
  const target = await openLocalTarget({ stateDir: join(cli.dir, '.rearview') });
  const { objects } = await target.corpus.list({ after: null, limit: 100 });
  await target.close();
  return objects.map(({ key }) => key);
}

test.serial(
  'with a running pipeline, the test file is found in all its forms, each time, and nothing is left',
  async (t) => {
    const cli = await createTestCli(t);
    await cli.write(await shipped());
    await startUp(t, cli);
    for (const round of [1, 2]) {
      const { code, lines, stderr } = await cli.run('live-test', '--json');
      t.is(code, 0, stderr);
      t.like(lines[0], { bucket: 'corpus', ok: true, leftovers: [] });
      const forms = lines[0]?.['forms'];
      if (!Array.isArray(forms)) throw new Error('no forms');
      t.is(forms.length, 7);
      for (const form of forms) {
        t.like(form, { rule: 'test/eicar.yar:Test_EICAR_File', detail: null });
        t.true(form.uploadedMs <= form.recordedMs && form.uploadedMs <= form.alertedMs);
      }
      t.deepEqual(await keysLeft(cli), []);
      t.is((await readAlerts(join(cli.dir, '.rearview/alerts.jsonl'))).length, 7 * round);
    }
    const text = await cli.run('live-test');
    t.regex(text.stdout, /^FORM +RULE +UPLOADED +RECORDED +ALERTED\nplain +test\/eicar\.yar:Test_EICAR_File +\d/);
    t.regex(text.stdout, /All 7 forms matched, and their alerts arrived\.\n$/);
  },
);

test.serial('Ctrl-C ends the wait, and the uploaded files are removed', async (t) => {
  const cli = await createTestCli(t);
  await cli.write(await shipped());
  // The holder of the lock counts as the running pipeline: here no process scans.
  await cli.run('publish');
  const target = await openLocalTarget({ stateDir: join(cli.dir, '.rearview') });
  const lock = acquireStateLock(join(cli.dir, '.rearview/pipeline.lock'));
  t.teardown(async () => {
    lock?.release();
    await target.close();
  });
  const stop = new AbortController();
  const running = cli.runWith({ signal: stop.signal }, 'live-test');
  while ((await target.corpus.list({ after: null, limit: 10 })).objects.length < 4) await sleep(20);
  stop.abort();
  const { code, stdout, stderr } = await running;
  t.is(code, 130);
  t.is(stdout, '');
  t.regex(stderr, /Interrupted: cleaning up/);
  t.deepEqual(await keysLeft(cli), []);

  const late = await cli.run('live-test', '--timeout', '1');
  t.is(late.code, 1);
  t.regex(late.stdout, /\nplain +\S+ +[\d.]+ \w+ +- +-\n/);
  t.regex(late.stdout, /\npadded: It was not scanned: check "rearview queue status"/);
  t.deepEqual(await keysLeft(cli), []);
});

test.serial(
  'if the pipeline does not run, or no rule matches the test file, that is reported with the fix, and nothing is uploaded',
  async (t) => {
    const cli = await createTestCli(t);
    await cli.write(testedRule('Evil', 'evil'));
    const none = await cli.run('live-test');
    t.is(none.code, 2);
    t.regex(none.stderr, /There is no state folder .*run "rearview up"/);
    await cli.run('publish');
    const idle = await cli.run('live-test');
    t.is(idle.code, 2);
    t.regex(idle.stderr, /No process runs the pipeline on .*: run "rearview up" first/);
    await startUp(t, cli);
    const blind = await cli.run('live-test');
    t.is(blind.code, 2);
    t.regex(
      blind.stderr,
      /No rule of the active ruleset .*publish one that does, such as Test_EICAR_File of rules\/test\/eicar\.yar/,
    );
    t.deepEqual(await keysLeft(cli), []);
  },
);
