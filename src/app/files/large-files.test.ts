import { createHash } from 'node:crypto';
import { truncate } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { createTestTarget, ruleFor } from '../../testing/local/test-target.ts';
import { planRetro } from '../scans/plan-retro.ts';

const limit = 1024;
const head = { maxObjectBytes: limit, largeFiles: 'head' } as const;
/** `alpha` within the limit, `beta` behind it. */
const large = `alpha${'.'.repeat(2000)}beta`;
const rules = {
  'a.yar': ruleFor('Alpha', 'alpha'),
  'b.yar': ruleFor('Beta', 'beta'),
  'size.yar': `rule Part { condition: filesize == ${limit} }\n`,
};
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

test('above the limit the first part is scanned, and ledger, counts and alerts record that', async (t) => {
  const pipeline = await createTestTarget(t, head);
  await pipeline.write({ large, limit: large.slice(0, limit), more: large.slice(0, limit + 1), small: 'beta' });
  await pipeline.publish(rules);
  await pipeline.start();
  const { id, counts } = await pipeline.retro();
  t.like(counts, { objects: 4, scanned: 4, bytes: 2009 + 1024 + 1025 + 4, scannedBytes: 3 * 1024 + 4, matches: 7 });
  const outcomes = (await pipeline.ledger(id)).map(({ key, size, sha256: hash, outcome }) => [
    ...[key.split('/').at(-1), size, hash],
    outcome,
  ]);
  const part = sha256(large.slice(0, limit));
  t.deepEqual(outcomes, [
    ['large', 2009, part, { status: 'scanned', matches: 2, scannedBytes: limit }],
    ['limit', 1024, part, { status: 'scanned', matches: 2 }],
    ['more', 1025, part, { status: 'scanned', matches: 2, scannedBytes: limit }],
    ['small', 4, sha256('beta'), { status: 'scanned', matches: 1 }],
  ]);
  const files = (await pipeline.alerts()).map(({ rule, file: { filename, size, scannedBytes, sha256: hash } }) =>
    [rule.name, filename, size, scannedBytes, hash === part].join(' '),
  );
  t.deepEqual(files.sort(), [
    'Alpha large 2009 1024 true',
    'Alpha limit 1024  true',
    'Alpha more 1025 1024 true',
    'Beta small 4  false',
    'Part large 2009 1024 true',
    'Part limit 1024  true',
    'Part more 1025 1024 true',
  ]);
});

test('a file scanned in its first part is covered; a new rule scans the part, and a full scan scans it again', async (t) => {
  const pipeline = await createTestTarget(t, head);
  await pipeline.write({ large });
  await pipeline.publish({ 'a.yar': rules['a.yar'] });
  await pipeline.start();
  t.like((await pipeline.retro()).counts, { scanned: 1, matches: 1, scannedBytes: limit });
  t.like((await pipeline.retro()).counts, { scanned: 0, covered: 1, scannedBytes: 0 });
  await pipeline.publish(rules);
  t.like((await pipeline.retro()).counts, { scanned: 1, matches: 1, scannedBytes: limit });
  t.like((await pipeline.retro({ full: true })).counts, { scanned: 1, matches: 2, scannedBytes: limit });
  t.is((await pipeline.alerts()).length, 2);
});

test('a file scanned in its first part is scanned again if the limit is raised, and not if it is lowered', async (t) => {
  const part = await createTestTarget(t, head);
  await part.write({ large });
  await part.publish(rules);
  const running = await part.start();
  t.like((await part.retro()).counts, { scanned: 1, matches: 2, scannedBytes: limit });
  await running.stop();

  const whole = await createTestTarget(t, { ...head, maxObjectBytes: 2 * limit }, part.dir);
  const ruleset = (await whole.target.library.current())?.rulesetId ?? '';
  const options = { buckets: whole.target.buckets, filter: {}, full: false };
  const planned = { ...whole.target, ...whole.target.state };
  t.like(await planRetro(planned, await whole.target.library.get(ruleset), options), { dueObjects: 1, dueBytes: 2009 });
  const again = await whole.start();
  t.like((await whole.retro()).counts, { scanned: 1, covered: 0, scannedBytes: 2009, matches: 2 });
  t.like((await whole.retro()).counts, { scanned: 0, covered: 1 });
  await again.stop();

  const less = await createTestTarget(t, { ...head, maxObjectBytes: 10 }, part.dir);
  await less.start();
  t.like((await less.retro()).counts, { scanned: 0, covered: 1 });
  const alerts = await less.alerts();
  t.deepEqual(alerts.map(({ rule, file }) => `${rule.name} ${file.scannedBytes ?? 'whole'}`).sort(), [
    'Alpha 1024',
    'Alpha whole',
    'Beta whole',
    'Part 1024',
  ]);
});

test('a large upload is scanned in its first part as it arrives', async (t) => {
  const pipeline = await createTestTarget(t, head);
  await pipeline.publish(rules);
  await pipeline.start();
  await pipeline.target.state.stores.corpus.put('large', Buffer.from(large));
  await pipeline.until(() => pipeline.events.some((event) => event.type === 'object'));
  const event = pipeline.events.find((each) => each.type === 'object');
  t.like(event, { entry: { size: 2009, outcome: { status: 'scanned', matches: 2, scannedBytes: limit } } });
});

test('sparse files far above the limit take no more memory than their first parts', async (t) => {
  const maxObjectBytes = 1024 * 1024;
  const pipeline = await createTestTarget(t, { maxObjectBytes, largeFiles: 'head', jobs: 2 });
  await pipeline.publish({ 'a.yar': rules['a.yar'] });
  const names = Array.from({ length: 20 }, (_, index) => `sparse${index}`);
  for (const name of names) {
    await pipeline.write({ [name]: 'alpha' });
    await truncate(join(pipeline.corpusDir, name), 2 ** 36);
  }
  await pipeline.start();
  const before = process.memoryUsage().rss;
  t.like((await pipeline.retro()).counts, { scanned: 20, matches: 20, scannedBytes: 20 * maxObjectBytes });
  t.true(process.memoryUsage().rss - before < 512 * 1024 * 1024);
});
