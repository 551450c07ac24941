import { type AwsPipeline, startAwsPipeline } from '../testing/aws/aws-pipeline.ts';
import { ruleFor } from '../testing/local/test-target.ts';
import { eventBridgeEvent, s3TestEvent, snsEnvelope } from '../testing/s3/s3-events.ts';
import { testWithDynamo } from '../testing/test-unless.ts';

const alpha = { 'a.yar': ruleFor('Alpha', 'alpha') };
const many = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`${index}.txt`, `alpha ${index}`]));

function liveScan({ target }: AwsPipeline) {
  return target.state.scans.get(`live-${new Date().toISOString().slice(0, 10)}`);
}

testWithDynamo('uploads are scanned as they arrive, whatever the key, and matches alert', async (t) => {
  const pipeline = await startAwsPipeline(t);
  await pipeline.publish(alpha);
  const keys = ['a b', 'a+b', 'a%20b', '/leading', 'ü/\u65e5\u672c', 'quote"\'&<>', 'x'.repeat(1024), '100%'];
  await pipeline.upload(Object.fromEntries(keys.map((key) => [key, `alpha ${key}`])));
  await pipeline.upload({ clean: 'nothing' });
  await pipeline.settle();
  t.deepEqual((await pipeline.alerts()).map(({ object }) => object.key).sort(), keys.toSorted());
  t.like((await liveScan(pipeline))?.counts, { objects: 9, scanned: 9, matches: 8 });
});

testWithDynamo('the version in the event is the one that is scanned', async (t) => {
  const pipeline = await startAwsPipeline(t);
  await pipeline.upload({ a: 'alpha' });
  await pipeline.upload({ a: 'overwritten' });
  await pipeline.publish(alpha);
  await pipeline.settle();
  const [alert, ...others] = await pipeline.alerts();
  t.is(alert?.object.version, pipeline.services.created[0]?.versionId);
  t.is(others.length, 0);
  t.like((await liveScan(pipeline))?.counts, { objects: 2, scanned: 2 });
});

testWithDynamo('a new rule is scanned over all that arrived, and only the new rule', async (t) => {
  const pipeline = await startAwsPipeline(t);
  await pipeline.publish(alpha);
  await pipeline.upload(many(130));
  await pipeline.settle();
  t.is((await pipeline.alerts()).length, 130);
  await pipeline.publish({ ...alpha, 'b.yar': ruleFor('Seven', '7') });
  const scan = await pipeline.ended((await pipeline.begin()).id);
  t.like(scan, { state: 'completed', counts: { objects: 130, scanned: 130, failed: 0 } });
  const entries = await pipeline.ledger(scan.id);
  t.is(new Set(entries.map(({ key }) => key)).size, 130);
  const sevens = Object.keys(many(130)).filter((key) => key.includes('7')).length;
  t.is((await pipeline.alerts()).filter(({ rule }) => rule.name === 'Seven').length, sevens);
  const again = await pipeline.ended((await pipeline.begin()).id);
  t.like(again.counts, { objects: 130, covered: 130, scanned: 0 });
});

testWithDynamo('a new ruleset takes effect with the next object, in functions that are warm', async (t) => {
  const pipeline = await startAwsPipeline(t);
  await pipeline.publish(alpha);
  await pipeline.upload({ a: 'alpha beta' });
  await pipeline.settle();
  const warm = pipeline.lambda.stats('live-analyzer').coldStarts;
  await pipeline.publish({ 'b.yar': ruleFor('Beta', 'beta') });
  await pipeline.upload({ b: 'alpha beta' });
  await pipeline.settle();
  t.deepEqual((await pipeline.alerts()).map(({ rule, object }) => `${rule.name} ${object.key}`).sort(), [
    'Alpha a',
    'Beta b',
  ]);
  t.is(pipeline.lambda.stats('live-analyzer').coldStarts, warm);
});

testWithDynamo('events from EventBridge, events from SNS, and tests of S3 are handled', async (t) => {
  const pipeline = await startAwsPipeline(t, { versioned: false });
  await pipeline.publish(alpha);
  await pipeline.upload({ a: 'alpha' });
  await pipeline.settle();
  const [created] = pipeline.services.created;
  if (created === undefined) throw new Error('nothing was created');
  const { live } = pipeline.target.state.queues;
  await live.send([
    ...[s3TestEvent('corpus'), snsEnvelope(s3TestEvent('corpus'))],
    ...[eventBridgeEvent(created), snsEnvelope(eventBridgeEvent(created))],
  ]);
  await pipeline.settle();
  t.like(
    (await liveScan(pipeline))?.counts,
    { objects: 1, scanned: 1 },
    'one object version, however many messages name it',
  );
  t.like(await live.stats(), { visible: 0, inFlight: 0, deadLetters: 0 });
  t.is((await pipeline.alerts()).length, 1);
});

testWithDynamo('a direct invocation names keys, and returns their outcomes', async (t) => {
  const pipeline = await startAwsPipeline(t);
  await pipeline.upload({ 'a b': 'alpha', c: 'nothing' });
  await pipeline.publish(alpha);
  await pipeline.settle();
  for (const event of [
    { BucketName: 'corpus', ObjectKeys: ['a+b', 'c'] },
    { bucket: 'corpus', keys: ['a b', 'c'] },
  ]) {
    const { payload, error } = await pipeline.lambda.invoke('live-analyzer', event);
    t.is(error, null);
    t.like(JSON.parse(payload ?? ''), {
      objects: [
        { key: 'a b', outcome: { status: 'scanned', matches: 1 } },
        { key: 'c', outcome: { status: 'scanned', matches: 0 } },
      ],
    });
  }
  const refused = await pipeline.lambda.invoke('live-analyzer', { bucket: 'other', keys: ['x'] });
  t.not(refused.error, null);
});

testWithDynamo('an unreadable message goes to the dead letters, is in the ledger, and can be redriven', async (t) => {
  const pipeline = await startAwsPipeline(t);
  await pipeline.publish(alpha);
  const { live } = pipeline.target.state.queues;
  await live.send(['{"no": "event"}']);
  await pipeline.upload({ good: 'alpha' });
  await pipeline.settle();
  t.like(await live.stats(), { deadLetters: 1 });
  t.is((await pipeline.alerts()).length, 1, 'its neighbours are not concerned');
  const wrong = await pipeline.lambda.invoke('redrive', { queue: 'mail' });
  t.regex(wrong.error?.errorMessage ?? '', /Invalid event for redrive/, 'and puts nothing back');
  const { payload } = await pipeline.lambda.invoke('redrive', { queue: 'live' });
  t.deepEqual(JSON.parse(payload ?? ''), { live: 1 });
  await pipeline.settle();
  t.like(await live.stats(), { visible: 0, deadLetters: 1 });
});

testWithDynamo('a cancelled scan stops, and touches no other', async (t) => {
  const pipeline = await startAwsPipeline(t);
  await pipeline.publish(alpha);
  await pipeline.upload(many(30));
  await pipeline.settle();
  const wrong = await pipeline.lambda.invoke('batcher', { scan: 'x' });
  t.regex(wrong.error?.errorMessage ?? '', /Invalid event for the batcher/);
  t.deepEqual(await pipeline.target.state.scans.list({ kind: 'retro', limit: 1 }), []);
  const full = await pipeline.begin({ full: true });
  await pipeline.target.state.scans.setState(full.id, ['running'], 'cancelled', { at: new Date().toISOString() });
  const other = await pipeline.ended((await pipeline.begin()).id);
  t.like(other, { state: 'completed', counts: { objects: 30, covered: 30 } });
  await pipeline.settle();
  t.is((await pipeline.target.state.scans.get(full.id))?.state, 'cancelled');
  t.is((await pipeline.alerts()).length, 30);
});
