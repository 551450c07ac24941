import test from 'ava';
import { createTestTarget, ruleFor, type TestTarget } from '../../testing/local/test-target.ts';
import { moveRetro, startRetro } from './retro-scans.ts';

const at = '2026-01-01T00:00:00.000Z';
const many = Object.fromEntries(Array.from({ length: 250 }, (_, index) => [`${index}.txt`, `alpha ${index}`]));

async function withManyFiles(pipeline: TestTarget): Promise<void> {
  await pipeline.write(many);
  await pipeline.publish({ 'a.yar': ruleFor('Alpha', 'alpha') });
}

test('a paused scan stops, keeps what it did, and adds up when it is resumed', async (t) => {
  const pipeline = await createTestTarget(t);
  const { scans, queues } = pipeline.target.state;
  // It takes much longer than the pause.
  const others = Array.from({ length: 3000 }, (_, index) => [`others/${index}.txt`, `beta ${index}`]);
  await pipeline.write(Object.fromEntries(others));
  await withManyFiles(pipeline);
  await pipeline.start();
  const scan = await pipeline.begin();
  await pipeline.until(() => pipeline.events.filter((event) => event.type === 'object').length >= 5);
  await moveRetro(scans, scan.id, 'pause', at);
  await pipeline.until(async () => {
    const { visible, inFlight } = await queues.retro.stats();
    return visible + inFlight === 0;
  });
  t.is((await scans.get(scan.id))?.state, 'paused');
  await moveRetro(scans, scan.id, 'resume', at);
  t.like((await pipeline.ended(scan.id)).counts, { objects: 3250, scanned: 3250, failed: 0 });
  t.is((await pipeline.alerts()).length, 250);
});

test('cancelling touches only that scan', async (t) => {
  const pipeline = await createTestTarget(t);
  const { scans } = pipeline.target.state;
  await withManyFiles(pipeline);
  const [incremental, full] = [await pipeline.begin(), await pipeline.begin({ full: true })];
  await moveRetro(scans, incremental.id, 'cancel', at);
  await pipeline.start();
  t.like(await pipeline.ended(full.id), { state: 'completed', counts: { objects: 250, scanned: 250 } });
  t.is((await scans.get(incremental.id))?.state, 'cancelled');
});

test('a newer ruleset takes over the remaining work of an incremental scan of an earlier one', async (t) => {
  const pipeline = await createTestTarget(t);
  const { scans } = pipeline.target.state;
  await withManyFiles(pipeline);
  const first = await pipeline.begin();
  await pipeline.publish({ 'a.yar': ruleFor('Alpha', 'alpha') + ruleFor('Seven', ' 7') });
  const { library, buckets } = pipeline.target;
  let reads = 0;
  const counted = {
    ...library,
    async current() {
      reads += 1;
      return library.current();
    },
  };
  const scope = { buckets, filter: {}, full: false, expected: null };
  const { scan: second, superseded } = await startRetro({ scans, library: counted, now: Date.now }, scope);
  t.deepEqual(
    superseded.map((scan) => scan.id),
    [first.id],
  );
  t.is(reads, 1, 'the scan and what it supersedes are decided by one reading of the active ruleset');
  await pipeline.start();
  t.like((await pipeline.ended(second.id)).counts, { objects: 250, scanned: 250 });
  t.is((await scans.get(first.id))?.error, `superseded by ${second.id}`);
});

test('a scan whose ruleset was no longer active when it began does not touch that of the later one', async (t) => {
  const pipeline = await createTestTarget(t);
  const { state, library, buckets } = pipeline.target;
  await withManyFiles(pipeline);
  const before = await library.current();
  await pipeline.publish({ 'a.yar': ruleFor('Alpha', 'alpha') + ruleFor('Seven', ' 7') });
  const later = await pipeline.begin();
  // It had looked before the other published, and starts only now.
  if (before === null) return t.fail();
  const scope = { buckets, filter: {}, full: false, expected: null, current: before };
  const { scan: earlier, superseded } = await startRetro({ scans: state.scans, library, now: Date.now }, scope);
  t.is(earlier.rulesetId, before.rulesetId, 'it is of the ruleset that it was planned with');
  t.not(earlier.rulesetId, later.rulesetId);
  t.deepEqual(superseded, []);
  await pipeline.start();
  t.like(await pipeline.ended(later.id), { state: 'completed', counts: { objects: 250 } });
  t.is((await pipeline.alerts()).length, 250 + Object.keys(many).filter((key) => / 7/.test(` ${key}`)).length);
});

test('two scans are the same only if they list the same inventories, in any order', async (t) => {
  const { target, publish } = await createTestTarget(t);
  await publish({ 'a.yar': ruleFor('Alpha', 'alpha') });
  const start = async (...inventories: readonly string[]) => {
    const scope = { buckets: ['corpus', 'other'], filter: {}, full: false, expected: null, inventories };
    return startRetro({ scans: target.state.scans, library: target.library, now: Date.now }, scope);
  };
  const both = await start('s3://i/b', 's3://i/a');
  t.deepEqual(both.scan.inventories, ['s3://i/a', 's3://i/b']);
  t.like(await start('s3://i/a', 's3://i/b'), { created: false, scan: { id: both.scan.id } });
  const ids = [both, await start('s3://i/a'), await start()].map(({ scan }) => scan.id);
  t.is(new Set(ids).size, 3);
});

test('a scan of an inventory takes over only from scans of inventories; a scan of the buckets from all', async (t) => {
  const { target, publish } = await createTestTarget(t);
  const { scans } = target.state;
  const start = async (rule: string, ...inventories: readonly string[]) => {
    await publish({ 'a.yar': ruleFor(rule, rule) });
    const scope = { buckets: ['corpus'], filter: {}, full: false, expected: null, inventories };
    const { scan, superseded } = await startRetro({ scans, library: target.library, now: Date.now }, scope);
    return { id: scan.id, superseded: superseded.map(({ id }) => id).sort() };
  };
  const bucket = await start('One');
  const inventory = await start('Two', 's3://i/a');
  const newer = await start('Three', 's3://i/b');
  const last = await start('Four');
  t.deepEqual(inventory.superseded, []);
  t.deepEqual(newer.superseded, [inventory.id]);
  t.deepEqual(last.superseded, [bucket.id, newer.id].sort());
});

test('a scan that has ended cannot be paused, resumed or cancelled; the error names the fix', async (t) => {
  const pipeline = await createTestTarget(t);
  const { scans } = pipeline.target.state;
  await pipeline.publish({ 'a.yar': ruleFor('Alpha', 'alpha') });
  await pipeline.start();
  const { id } = await pipeline.retro();
  for (const move of ['pause', 'resume', 'cancel'] as const) {
    await t.throwsAsync(moveRetro(scans, id, move, at), {
      code: 'ERR_STATE',
      message: /completed.*rearview retro start/,
    });
  }
  await t.throwsAsync(moveRetro(scans, 'nope', 'pause', at), { code: 'ERR_NOT_FOUND' });
});

test('work that keeps failing is recorded as dead letters, and a redrive replaces that with the new outcome', async (t) => {
  const pipeline = await createTestTarget(t);
  const { db, scans, queues } = pipeline.target.state;
  await pipeline.write({ one: 'alpha', two: 'beta' });
  await pipeline.publish({ 'a.yar': ruleFor('Alpha', 'alpha') });
  const scan = await pipeline.begin();
  const lease = await scans.acquireLease(scan.id, 'test', { nowMs: Date.now(), ttlMs: 60_000 });
  const page = await pipeline.target.readers.get('file')?.list({ after: null, limit: 10 });
  if (lease === null || page === undefined) throw new Error('no lease or no listing');
  // A batch that names a ruleset which is not there.
  const batch = { scanId: scan.id, batchId: 'b', rulesetId: '0'.repeat(64), objects: page.objects };
  const step = {
    cursor: { bucket: 'file', after: null },
    listingDone: true,
    listed: { objects: 2, bytes: 9 },
    batches: [batch],
    settled: null,
  };
  await scans.checkpoint(lease, step, { nowMs: Date.now(), ttlMs: 60_000 });
  await scans.releaseLease(lease);
  await pipeline.start();
  t.like(await pipeline.ended(scan.id), { state: 'completed', counts: { objects: 2, failed: 2 } });
  const reasons = (await pipeline.ledger(scan.id)).map(({ outcome }) => ('reason' in outcome ? outcome.reason : ''));
  t.deepEqual(reasons, ['dead_letter', 'dead_letter']);
  t.is((await queues.retro.stats()).deadLetters, 1);

  // The cause is fixed, and the work resumes.
  db.prepare('UPDATE batches SET ruleset_id = ? WHERE batch_id = ?').run(scan.rulesetId, 'b');
  t.is(await queues.retro.redrive(), 1);
  await pipeline.until(async () => (await scans.get(scan.id))?.counts.failed === 0);
  t.like((await scans.get(scan.id))?.counts, { objects: 2, scanned: 2, failed: 0, matches: 1 });
  t.is((await pipeline.alerts()).length, 1);
});
