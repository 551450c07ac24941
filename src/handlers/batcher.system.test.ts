import { InvokeCommand } from '@aws-sdk/client-lambda';
import { startPreview } from '../app/previews/preview-scans.ts';
import { startRetro } from '../app/scans/retro-scans.ts';
import { previewAlias } from '../targets/aws/function-names.ts';
import { previewEvent } from '../targets/aws/preview-event.ts';
import { startAwsPipeline } from '../testing/aws/aws-pipeline.ts';
import { previewRequest } from '../testing/local/preview-request.ts';
import { ruleFor } from '../testing/local/test-target.ts';
import { testWithDynamo } from '../testing/test-unless.ts';

const rules = { 'a.yar': ruleFor('Alpha', 'alpha') };

testWithDynamo('the alias of pull requests neither starts nor resumes a scan that alerts', async (t) => {
  const pipeline = await startAwsPipeline(t);
  await pipeline.upload({ a: 'alpha' });
  await pipeline.publish(rules);
  await pipeline.settle();
  const byPreview = `batcher:${previewAlias}`;
  const { scans } = pipeline.target.state;

  const refused = async (event: unknown) => {
    const { error, payload } = await pipeline.lambda.invoke(byPreview, event);
    t.is(error, null);
    t.like(JSON.parse(payload), { scanId: null, result: 'refused' });
    t.regex(JSON.parse(payload).why, /only takes \{"preview": …\} or \{"cancelPreview": <id>\}/);
  };
  await refused({ start: { full: true } });
  // As a caller that does not wait would invoke it.
  const Payload = JSON.stringify({ start: {} });
  const before = pipeline.lambda.stats('batcher');
  await pipeline.target.clients.lambda.send(
    new InvokeCommand({ FunctionName: 'batcher', Qualifier: previewAlias, InvocationType: 'Event', Payload }),
  );
  await pipeline.lambda.idle();
  const { invocations, errors } = pipeline.lambda.stats('batcher');
  t.true(invocations > before.invocations);
  t.is(errors, before.errors, 'alarms look at these');
  t.deepEqual(await scans.list({ kind: 'retro', limit: 10 }), []);

  const scan = await pipeline.begin({ full: true });
  await pipeline.lambda.idle();
  await scans.setState(scan.id, ['running'], 'paused', { at: new Date().toISOString() });
  await refused({ scanId: scan.id });
  // Not even with a preview: it is asked for, and gone on with by the function itself.
  const request = previewRequest({ now: rules });
  await startPreview(
    { scans, library: pipeline.target.library, buckets: ['corpus'], limits: pipeline.target.previews, now: Date.now },
    request,
  );
  await refused({ scanId: request.scanId });
});

testWithDynamo('by any other alias the batcher plans, and takes no previews', async (t) => {
  const pipeline = await startAwsPipeline(t);
  await pipeline.upload({ a: 'alpha' });
  await pipeline.publish(rules);
  await pipeline.settle();
  for (const name of ['batcher', 'batcher:live', 'batcher:7', 'batcher:previews']) {
    const { error, payload } = await pipeline.lambda.invoke(name, { start: { full: true } });
    t.is(error, null, name);
    t.like(JSON.parse(payload), { result: 'listed' });
    await pipeline.ended(JSON.parse(payload).scanId);
    const asked = JSON.parse(new TextDecoder().decode(previewEvent(previewRequest({ now: rules }))));
    const preview = await pipeline.lambda.invoke(name, asked);
    t.regex(preview.error?.errorMessage ?? '', /only its alias "preview" takes previews/, name);
    const cancelled = await pipeline.lambda.invoke(name, { cancelPreview: asked.preview.scanId });
    t.regex(cancelled.error?.errorMessage ?? '', /only its alias "preview" takes previews/, name);
  }
  t.deepEqual(await pipeline.target.state.scans.list({ kind: 'preview', limit: 10 }), []);
});

testWithDynamo('a scan that the batcher starts takes over from those of earlier rulesets', async (t) => {
  const pipeline = await startAwsPipeline(t);
  await pipeline.upload({ a: 'alpha' });
  await pipeline.publish(rules);
  await pipeline.settle();
  const { scans } = pipeline.target.state;
  const { scan: first } = await startRetro(
    { scans, library: pipeline.target.library, now: Date.now },
    { buckets: pipeline.target.buckets, filter: {}, full: false, expected: null },
  );
  await scans.setState(first.id, ['running'], 'paused', { at: new Date().toISOString() });
  await pipeline.publish({ 'a.yar': ruleFor('Alpha', 'alpha') + ruleFor('Beta', 'beta') });
  const { payload } = await pipeline.lambda.invoke('batcher', { start: {} });
  const { scanId } = JSON.parse(payload);
  t.like(await scans.get(first.id), { state: 'cancelled', error: `superseded by ${scanId}` });
});

testWithDynamo('a scan that the batcher starts leaves out what is excluded', async (t) => {
  const pipeline = await startAwsPipeline(t);
  await pipeline.upload({ a: 'alpha', 'logs/b': 'alpha' });
  await pipeline.publish(rules);
  await pipeline.settle();
  const { payload } = await pipeline.lambda.invoke('batcher', { start: { full: true, exclude: ['logs/', 'logs/'] } });
  const { scanId } = JSON.parse(payload);
  const scan = await pipeline.ended(scanId);
  t.deepEqual(scan.filter, { exclude: ['logs/'] });
  t.is(scan.counts.objects, 1);
  const { error } = await pipeline.lambda.invoke('batcher', { start: { exclude: ['../a'] } });
  t.regex(error?.errorMessage ?? '', /Invalid pattern "\.\.\/a"/);
  t.is((await pipeline.target.state.scans.list({ kind: 'retro', limit: 10 })).length, 1);
});
