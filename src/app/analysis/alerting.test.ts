import test from 'ava';
import type { Alert } from '../../domain/alerts/alert.ts';
import { RearviewError } from '../../domain/errors.ts';
import { createTestTarget, ruleFor, type TestTarget } from '../../testing/local/test-target.ts';

const summaries = (alerts: readonly Alert[]) =>
  alerts.map((each) => `${each.rule.name} ${each.object.key.split('/').at(-1)} ${each.reason}`).sort();

async function scanned(pipeline: TestTarget, rules: Readonly<Record<string, string>>): Promise<void> {
  await pipeline.publish(rules);
  await pipeline.retro();
}

test('a match alerts once, with what a responder needs', async (t) => {
  const pipeline = await createTestTarget(t);
  await pipeline.write({ 'a.exe': 'xx alpha \\ \x00 alpha' });
  await pipeline.start();
  await scanned(pipeline, { 'dir/a.yar': ruleFor('Alpha', 'alpha', 'severity = "High" author = "me"') });
  const [alert, ...others] = await pipeline.alerts();
  t.is(others.length, 0);
  t.like(alert, {
    reason: 'new_match',
    rule: { id: 'dir/a.yar:Alpha', severity: 'high' },
    file: { size: 18, filename: 'a.exe' },
    scan: { kind: 'retro' },
    object: { bucket: 'file' },
  });
  t.deepEqual(alert?.strings, [
    { identifier: '$a', offset: 3, length: 5, data: 'alpha' },
    { identifier: '$a', offset: 13, length: 5, data: 'alpha' },
  ]);
});

test('the same content at another place alerts as a new object', async (t) => {
  const pipeline = await createTestTarget(t);
  await pipeline.write({ one: 'alpha' });
  await pipeline.start();
  await scanned(pipeline, { 'a.yar': ruleFor('Alpha', 'alpha') });
  await pipeline.write({ two: 'alpha' });
  await pipeline.retro();
  t.deepEqual(summaries(await pipeline.alerts()), ['Alpha one new_match', 'Alpha two new_object']);
});

test('an upload of content that matched before alerts, and a second delivery of its message does not', async (t) => {
  const pipeline = await createTestTarget(t);
  await pipeline.publish({ 'a.yar': ruleFor('Alpha', 'alpha') });
  await pipeline.start();
  const { corpus } = pipeline.target.state.stores;
  await corpus.put('up/one', Buffer.from('alpha'));
  await corpus.put('up/two', Buffer.from('alpha'), { metadata: { filepath: 'C:\\temp\\two.exe' } });
  await pipeline.until(async () => (await pipeline.target.state.queues.live.stats()).visible === 0);
  await pipeline.until(() => pipeline.events.filter((event) => event.type === 'object').length === 2);
  const alerts = await pipeline.alerts();
  t.deepEqual(alerts.map((each) => each.reason).sort(), ['new_match', 'new_object']);
  t.is(alerts.find((each) => each.object.key === 'up/two')?.file.filename, 'two.exe');
  const again = await corpus.head({ key: 'up/one' });
  await pipeline.target.state.queues.live.send([JSON.stringify({ type: 'object', ...again })]);
  await pipeline.until(() => pipeline.events.filter((event) => event.type === 'object').length === 3);
  t.is((await pipeline.alerts()).length, 2);
});

test('a rule that is edited, moved or renamed does not alert again for what it matched', async (t) => {
  const pipeline = await createTestTarget(t);
  await pipeline.write({ one: 'alpha beta' });
  await pipeline.start();
  await scanned(pipeline, { 'a.yar': ruleFor('Alpha', 'alpha') });
  await scanned(pipeline, { 'a.yar': ruleFor('Alpha', 'beta') });
  await scanned(pipeline, { 'b.yar': ruleFor('Alpha', 'beta') });
  await scanned(pipeline, { 'b.yar': ruleFor('Renamed', 'beta') });
  await pipeline.retro({ full: true });
  t.deepEqual(summaries(await pipeline.alerts()), ['Alpha one new_match']);
});

test('two rules of equal logic are two rules', async (t) => {
  const pipeline = await createTestTarget(t);
  await pipeline.write({ one: 'alpha' });
  await pipeline.start();
  await scanned(pipeline, { 'a.yar': ruleFor('Alpha', 'alpha'), 'b.yar': ruleFor('Twin', 'alpha') });
  t.deepEqual(summaries(await pipeline.alerts()), ['Alpha one new_match', 'Twin one new_match']);
});

test('a staged rule records its match and does not alert', async (t) => {
  const pipeline = await createTestTarget(t);
  await pipeline.write({ one: 'alpha' });
  await pipeline.start();
  await scanned(pipeline, { 'a.yar': ruleFor('Alpha', 'alpha', 'status = "staged"') });
  t.deepEqual(await pipeline.alerts(), []);
  const { matches } = await pipeline.target.state.matches.list({ filter: {}, limit: 10 });
  t.deepEqual(
    matches.map((match) => [match.ruleId, match.isStaged]),
    [['a.yar:Alpha', true]],
  );
});

test('an alert that no sink takes is owed until one does, and scanning continues', async (t) => {
  let up = false;
  const taken: string[] = [];
  const sink = {
    name: 'webhook',
    send: async (alert: Alert) => {
      if (!up) throw new RearviewError('ERR_ALERT_DELIVERY', 'HTTP 503', { retryable: true });
      taken.push(alert.id);
    },
  };
  const pipeline = await createTestTarget(t, { sinks: [sink] });
  await pipeline.write({ one: 'alpha', two: 'alpha' });
  const first = await pipeline.start();
  await scanned(pipeline, { 'a.yar': ruleFor('Alpha', 'alpha') });
  await pipeline.until(() => pipeline.events.filter((event) => event.type === 'alert_delayed').length >= 2);
  await first.stop();
  t.is((await pipeline.target.state.matches.pendingAlerts({ limit: 10 })).length, 2);
  up = true;
  await pipeline.start();
  await pipeline.alerts();
  t.is(new Set(taken).size, 2);
  t.is(taken.length, 2);
});
