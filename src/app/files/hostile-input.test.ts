import { execFileSync } from 'node:child_process';
import { appendFile, chmod, mkdir, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import type { LedgerEntry } from '../../domain/scans/outcome.ts';
import { createTestTarget, ruleFor, type TestTarget } from '../../testing/local/test-target.ts';

const alpha = { 'a.yar': ruleFor('Alpha', 'alpha') };
const slow = `rule Slow { strings: $a = "slow" condition: $a and for all i in (0..1000000) : ( for all j in (0..1000000) : ( uint8(i % 4) >= 0 or uint8(j % 4) >= 0 ) ) }\n`;

/** The outcome of each file, by its name. */
function byName(entries: readonly LedgerEntry[]): Record<string, string> {
  return Object.fromEntries(
    entries.map(({ key, outcome }) => [
      key.split('/').at(-1) ?? '',
      'reason' in outcome
        ? `${outcome.status}: ${outcome.reason}`
        : outcome.status === 'scanned'
          ? `scanned: ${outcome.matches}`
          : outcome.status,
    ]),
  );
}

async function outcomes(pipeline: TestTarget): Promise<Record<string, string>> {
  const scan = await pipeline.retro();
  const entries = await pipeline.ledger(scan.id);
  assertAddsUp(scan.counts.objects, entries.length, scan.listed.objects);
  return byName(entries);
}

function assertAddsUp(...sums: readonly number[]): void {
  if (new Set(sums).size !== 1) throw new Error(`The ledger does not add up: ${sums.join(', ')}`);
}

test('empty files, links in circles, FIFOs and folders are accounted for', async (t) => {
  const pipeline = await createTestTarget(t);
  await pipeline.publish(alpha);
  await pipeline.write({ empty: '', plain: 'alpha' });
  await mkdir(join(pipeline.corpusDir, 'loop'));
  await symlink('..', join(pipeline.corpusDir, 'loop', 'up'));
  await symlink('self', join(pipeline.corpusDir, 'self'));
  await symlink('/nowhere', join(pipeline.corpusDir, 'dangling'));
  execFileSync('mkfifo', [join(pipeline.corpusDir, 'fifo')]);
  await pipeline.start();
  t.deepEqual(await outcomes(pipeline), {
    empty: 'scanned: 0',
    plain: 'scanned: 1',
    fifo: 'skipped: not_a_regular_file',
    up: 'skipped: not_a_regular_file',
    self: 'skipped: not_a_regular_file',
    dangling: 'skipped: not_a_regular_file',
  });
});

test('a sparse file above the limit is skipped with its size, and takes no memory', async (t) => {
  const pipeline = await createTestTarget(t, { maxObjectBytes: 1024 * 1024 });
  await pipeline.publish(alpha);
  await pipeline.write({ sparse: '', small: 'alpha' });
  await truncate(join(pipeline.corpusDir, 'sparse'), 2 ** 30);
  await pipeline.start();
  const before = process.memoryUsage().rss;
  t.deepEqual(await outcomes(pipeline), { sparse: 'skipped: too_large', small: 'scanned: 1' });
  t.true(process.memoryUsage().rss - before < 512 * 1024 * 1024);
});

test('names with spaces, plus, percent, newlines, backslashes, Unicode and invalid UTF-8 are scanned and alert', async (t) => {
  const pipeline = await createTestTarget(t);
  await pipeline.publish(alpha);
  const names = ['a b', 'a+b', 'a%20b', 'a\nb', 'a\\xff', 'ü', 'e\u0301', '-rf', '\u202egpj.exe'];
  for (const name of names) await pipeline.write({ [name]: 'alpha' });
  await writeFile(Buffer.concat([Buffer.from(`${pipeline.corpusDir}/`), Buffer.from([0x61, 0xff, 0x62])]), 'alpha');
  await pipeline.start();
  const scan = await pipeline.retro();
  t.like(scan.counts, { objects: names.length + 1, scanned: names.length + 1, matches: names.length + 1 });
  t.is(new Set((await pipeline.alerts()).map((alert) => alert.object.key)).size, names.length + 1);
});

test('a file that vanishes between listing and reading is skipped as gone', async (t) => {
  const pipeline = await createTestTarget(t);
  await pipeline.publish(alpha);
  await pipeline.write({ stays: 'alpha', goes: 'alpha' });
  const scan = await pipeline.begin();
  // Only the batcher: batches are planned, nothing is read yet.
  const { runBatcher } = await import('../scans/run-batcher.ts');
  const { target } = pipeline;
  await runBatcher(
    {
      ...{ readersFor: target.readersFor, library: target.library },
      ...{ maxObjectBytes: target.maxObjectBytes, largeFiles: target.largeFiles, unpack: target.unpack },
      ...{
        records: target.state.records,
        scans: target.state.scans,
        queues: target.state.queues,
        previews: target.previews,
      },
      ...{ owner: 'test', now: Date.now, observe: () => undefined },
    },
    scan.id,
    AbortSignal.timeout(60_000),
  );
  await rm(join(pipeline.corpusDir, 'goes'));
  await pipeline.start();
  await pipeline.ended(scan.id);
  t.deepEqual(byName(await pipeline.ledger(scan.id)), { stays: 'scanned: 1', goes: 'skipped: gone' });
});

test('a file that keeps growing has an outcome, and so does every other file', async (t) => {
  const pipeline = await createTestTarget(t);
  await pipeline.publish(alpha);
  await pipeline.write({ calm: 'alpha', 'grows.log': 'alpha' });
  let growing = true;
  const grow = (async () => {
    while (growing) {
      await appendFile(join(pipeline.corpusDir, 'grows.log'), 'line\n'.repeat(1000));
      await new Promise((resolve) => setImmediate(resolve));
    }
  })();
  await pipeline.start();
  const found = await outcomes(pipeline);
  growing = false;
  await grow;
  t.is(found['calm'], 'scanned: 1');
  t.regex(found['grows.log'] ?? '', /^(scanned: 1|failed: changed)$/);
  t.is((await outcomes(pipeline))['grows.log'] === undefined, false, 'the next scan finds it at rest');
});

test('a file that is replaced after it was listed is scanned in its new version', async (t) => {
  const pipeline = await createTestTarget(t);
  await pipeline.publish(alpha);
  await pipeline.write({ it: 'nothing' });
  const listed = await pipeline.target.readers.get('file')?.list({ after: null, limit: 10 });
  await pipeline.write({ other: 'alpha now' });
  await rename(join(pipeline.corpusDir, 'other'), join(pipeline.corpusDir, 'it'));
  const object = listed?.objects[0];
  if (object === undefined) throw new Error('nothing listed');
  await pipeline.target.state.queues.live.send([JSON.stringify({ type: 'object', ...object })]);
  await pipeline.start();
  await pipeline.until(() => pipeline.events.some((event) => event.type === 'object'));
  const event = pipeline.events.find((each) => each.type === 'object');
  t.like(event, { entry: { outcome: { status: 'scanned', matches: 1 } } });
  t.not(event?.type === 'object' ? event.entry.version : '', object.version);
});

test('a rule of catastrophic cost costs only the files it runs on', async (t) => {
  const pipeline = await createTestTarget(t, { deadlineMs: 3_000 });
  await pipeline.publish({ ...alpha, 'slow.yar': slow });
  await pipeline.write({ bad: 'alpha slow', one: 'alpha', two: 'alpha' });
  await pipeline.start();
  t.deepEqual(await outcomes(pipeline), { bad: 'failed: timeout', one: 'scanned: 1', two: 'scanned: 1' });
  t.deepEqual(await outcomes(pipeline), { bad: 'failed: timeout', one: 'covered', two: 'covered' });
});

test('a thousand identical files are stored once each as a place, and alert once each', async (t) => {
  const pipeline = await createTestTarget(t);
  await pipeline.publish(alpha);
  const files = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`d${index % 50}/${index}`, 'alpha']));
  await pipeline.write(files);
  await pipeline.start();
  const scan = await pipeline.retro();
  t.like(scan.counts, { objects: 1_000, scanned: 1_000, matches: 1_000 });
  const { matches } = await pipeline.target.state.matches.list({ filter: {}, limit: 10 });
  t.deepEqual(
    matches.map((match) => match.objects),
    [1_000],
  );
  t.is(new Set((await pipeline.alerts()).map((alert) => alert.id)).size, 1_000);
});

const isRoot = process.getuid?.() === 0;
(isRoot ? test.skip : test)(
  `a file without read permission fails as denied, after a retry${isRoot ? ' (skipped: root may read everything)' : ''}`,
  async (t) => {
    const pipeline = await createTestTarget(t);
    await pipeline.publish(alpha);
    await pipeline.write({ secret: 'alpha', open: 'alpha' });
    await chmod(join(pipeline.corpusDir, 'secret'), 0);
    await pipeline.start();
    t.deepEqual(await outcomes(pipeline), { secret: 'failed: denied', open: 'scanned: 1' });
  },
);

test('an unknown message goes to the dead letters and stops nothing', async (t) => {
  const pipeline = await createTestTarget(t);
  await pipeline.publish(alpha);
  await pipeline.target.state.queues.live.send(['{"type":"nonsense"}']);
  await pipeline.start();
  await pipeline.target.state.stores.corpus.put('later', Buffer.from('alpha'));
  t.is((await pipeline.alerts()).length >= 0, true);
  await pipeline.until(async () => (await pipeline.target.state.queues.live.stats()).deadLetters === 1);
  await pipeline.until(() => pipeline.events.some((event) => event.type === 'object'));
  t.pass();
});

test('a full disk stops the work and loses none of it; with free space it continues', async (t) => {
  const pipeline = await createTestTarget(t);
  const { db } = pipeline.target.state;
  await pipeline.publish(alpha);
  const names = Array.from({ length: 150 }, (_, index) => `${index}`.repeat(60));
  await pipeline.write(Object.fromEntries(names.map((name) => [name, `alpha ${name}`])));
  const scan = await pipeline.begin();
  const pages = Number(db.prepare('PRAGMA page_count').get()?.['page_count']);
  db.exec(`PRAGMA max_page_count = ${pages + 20}`);
  await pipeline.start();
  await pipeline.until(() =>
    pipeline.events.some((event) => event.type === 'problem' && /no space/i.test(event.message)),
  );
  t.is((await pipeline.target.state.scans.get(scan.id))?.state, 'running');
  db.exec('PRAGMA max_page_count = 1000000');
  t.like((await pipeline.ended(scan.id)).counts, { objects: names.length, scanned: names.length, failed: 0 });
  const alerts = await pipeline.alerts();
  t.is(alerts.length, names.length);
  t.is(new Set(alerts.map((alert) => alert.id)).size, names.length);
});
