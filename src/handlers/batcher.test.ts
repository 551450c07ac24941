import { InvokeCommand } from '@aws-sdk/client-lambda';
import { previewAlias } from '../homes/function-names.ts';
import { startAwsPipeline } from '../testing/aws-pipeline.ts';
import { ruleFor } from '../testing/test-home.ts';
import { testWithDynamo } from '../testing/test-unless.ts';

const rules = { 'a.yar': ruleFor('Alpha', 'alpha') };

testWithDynamo('by the alias of pull requests nobody starts a scan that alerts, nor goes on with one', async (t) => {
  const pipeline = await startAwsPipeline(t);
  await pipeline.upload({ a: 'alpha' });
  await pipeline.publish(rules);
  await pipeline.settle();
  const byPreview = `batcher:${previewAlias}`;
  const { scans } = pipeline.home.state;

  const started = await pipeline.lambda.invoke(byPreview, { start: { full: true } });
  t.regex(started.error?.errorMessage ?? '', /starts scans of kind preview alone/);
  // As whoever does not wait for it would invoke it.
  const Payload = JSON.stringify({ start: {} });
  const before = pipeline.lambda.stats('batcher').errors;
  await pipeline.home.clients.lambda.send(
    new InvokeCommand({ FunctionName: 'batcher', Qualifier: previewAlias, InvocationType: 'Event', Payload }),
  );
  await pipeline.lambda.idle();
  t.true(pipeline.lambda.stats('batcher').errors > before);
  t.deepEqual(await scans.list({ kind: 'retro', limit: 10 }), []);

  const scan = await pipeline.begin({ full: true });
  await pipeline.lambda.idle();
  await scans.setState(scan.id, ['running'], 'paused', { at: new Date().toISOString() });
  const goneOn = await pipeline.lambda.invoke(byPreview, { scanId: scan.id });
  t.regex(goneOn.error?.errorMessage ?? '', /starts scans of kind preview alone/);
});

testWithDynamo('by any other alias the batcher plans', async (t) => {
  const pipeline = await startAwsPipeline(t);
  await pipeline.upload({ a: 'alpha' });
  await pipeline.publish(rules);
  await pipeline.settle();
  for (const name of ['batcher', 'batcher:live', 'batcher:7', 'batcher:previews']) {
    const { error, payload } = await pipeline.lambda.invoke(name, { start: { full: true } });
    t.is(error, null, name);
    t.like(JSON.parse(payload), { result: 'listed' });
    await pipeline.ended(JSON.parse(payload).scanId);
  }
});
