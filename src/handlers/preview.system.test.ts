import { setTimeout as sleep } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import { startPreview } from '../app/previews/preview-scans.ts';
import { hasCode } from '../domain/errors.ts';
import { createAwsClients } from '../targets/aws/aws-clients.ts';
import { type AwsTarget, openAwsTarget } from '../targets/aws/aws-target.ts';
import { type AwsPipeline, type AwsPipelineOptions, startAwsPipeline } from '../testing/aws/aws-pipeline.ts';
import type { KillMoment } from '../testing/lambda/chaos.ts';
import { previewRequest } from '../testing/local/preview-request.ts';
import { ruleFor } from '../testing/local/test-target.ts';
import { testWithDynamo } from '../testing/test-unless.ts';

const alpha = { 'a.yar': ruleFor('Alpha', 'alpha') };
const wider = { 'a.yar': ruleFor('Alpha', 'al') };
const count = 45;
const files = Object.fromEntries(
  Array.from({ length: count }, (_, index) => [`${index}.txt`, index % 3 === 0 ? `alpha ${index}` : `al ${index}`]),
);

/** The target as a pull request has it: it invokes the batcher and looks at scans. */
function targetOf({ services, lambda, target: { config } }: AwsPipeline): AwsTarget {
  const credentials = { accessKeyId: 'preview', secretAccessKey: 'test' };
  const endpoints = { ...services.endpoints, lambda: lambda.endpoint };
  return openAwsTarget({ config, clients: createAwsClients({ region: 'us-east-1', credentials, endpoints }) });
}

/** Files and an active ruleset, all scanned. */
async function startFilled(t: ExecutionContext, options: AwsPipelineOptions = {}): Promise<AwsPipeline> {
  const pipeline = await startAwsPipeline(t, { maxReceives: 50, ...options });
  await pipeline.publish(alpha);
  await pipeline.upload(files);
  await pipeline.settle();
  return pipeline;
}

/** The effects of a scan outside its own ledger. */
async function traces({ target, services }: AwsPipeline) {
  const { objects } = await target.corpus.list({ after: null, limit: 1000 });
  return {
    records: await target.state.records.getMany(objects),
    matches: (await target.state.matches.list({ filter: {}, limit: 1000 })).matches,
    alerts: [...(await services.alerts())],
    owed: await target.state.matches.pendingAlerts({ limit: 1000 }),
    current: await target.library.current(),
  };
}

/** Starts a preview as a pull request does, and waits for its end. */
async function previewAll(pipeline: AwsPipeline) {
  const request = previewRequest({ now: wider, before: alpha });
  await targetOf(pipeline).startPreview(request);
  return pipeline.ended(request.scanId);
}

testWithDynamo(
  'a preview by a pull request shows what rules match now and before, and leaves no other trace',
  async (t) => {
    const pipeline = await startFilled(t);
    const before = await traces(pipeline);
    t.is(before.matches.length, count / 3);
    const scan = await previewAll(pipeline);
    await pipeline.settle();
    t.like(scan, {
      ...{ kind: 'preview', state: 'completed', listed: { objects: count } },
      counts: { objects: count, scanned: count, covered: 0, skipped: 0, failed: 0, matches: count + count / 3 },
    });
    const matches = (await pipeline.ledger(scan.id)).flatMap(({ preview, key }) =>
      (preview?.hits ?? []).map(({ rule, strings }) => `${key} ${rule} ${strings.map(({ length }) => length).join()}`),
    );
    t.true(matches.includes('3.txt before/a.yar:Alpha 5') && matches.includes('3.txt now/a.yar:Alpha 2'));
    t.true(matches.includes('4.txt now/a.yar:Alpha 2') && !matches.some((match) => match.startsWith('4.txt before/')));
    t.deepEqual(await traces(pipeline), before);
  },
);

testWithDynamo('killed at any moment, a preview loses nothing, and its ledger adds up', async (t) => {
  const pipeline = await startFilled(t);
  const before = await traces(pipeline);
  const moments: readonly KillMoment[] = [10, 'before-answer', 40, 'after-answer', 150, 0];
  const kills = { retro: 0, batcher: 0 };
  pipeline.lambda.setChaos({
    kill({ functionName }) {
      if (functionName === 'retro-analyzer' && kills.retro < 5) return moments[kills.retro++] ?? null;
      // Its first attempt by the alias is its only one in AWS: the scan is there then, and the
      // finisher has it gone on with.
      if (functionName === 'batcher' && kills.batcher++ === 0) return 'before-answer';
      return null;
    },
  });
  await addsUp(t, pipeline);
  t.true(kills.retro > 0 && kills.batcher > 1);
  t.deepEqual(await traces(pipeline), before);
});

testWithDynamo('with every message delivered twice, nothing of a preview counts twice', async (t) => {
  const pipeline = await startFilled(t);
  pipeline.lambda.setChaos({ deliverTwice: () => true });
  await addsUp(t, pipeline);
});

testWithDynamo('a batch that is delivered again after its preview has ended changes no count', async (t) => {
  const pipeline = await startFilled(t);
  const scan = await addsUp(t, pipeline);
  const before = (await pipeline.ledger(scan.id)).toSorted((a, b) => (a.key < b.key ? -1 : 1));
  const { retro } = pipeline.target.state.queues;
  await retro.send([JSON.stringify({ type: 'batch', scanId: scan.id, batchId: `${scan.id}/00000000` })]);
  await targetOf(pipeline).startPreview(previewRequest({ now: alpha }, { scanId: scan.id }));
  await pipeline.settle();
  t.deepEqual(await pipeline.target.state.scans.get(scan.id), scan);
  const after = (await pipeline.ledger(scan.id)).toSorted((a, b) => (a.key < b.key ? -1 : 1));
  t.deepEqual(after, before);
});

async function addsUp(t: ExecutionContext, pipeline: AwsPipeline) {
  const scan = await previewAll(pipeline);
  t.like(scan, { state: 'completed', listed: { objects: count } });
  t.like(scan.counts, { objects: count, scanned: count, failed: 0, matches: count + count / 3 });
  const keys = (await pipeline.ledger(scan.id)).map(({ key }) => key);
  t.deepEqual(keys.toSorted(), Object.keys(files).toSorted());
  return scan;
}

testWithDynamo(
  'a batch that kills its function ends with the dead letters, and its objects in the ledger as failed',
  async (t) => {
    const pipeline = await startFilled(t, { maxReceives: 2 });
    pipeline.lambda.setChaos({ kill: ({ functionName }) => (functionName === 'retro-analyzer' ? 20 : null) });
    const scan = await previewAll(pipeline);
    t.like(scan, { state: 'completed', counts: { objects: count, failed: count } });
    t.true(
      (await pipeline.ledger(scan.id)).every(({ outcome }) => 'reason' in outcome && outcome.reason === 'dead_letter'),
    );
    pipeline.lambda.setChaos({});
    const { payload } = await pipeline.lambda.invoke('redrive', {});
    t.deepEqual(JSON.parse(payload), { live: 0, retro: 0, preview: 6 });
    await pipeline.settle();
    t.like((await pipeline.target.state.scans.get(scan.id))?.counts, { objects: count, scanned: count, failed: 0 });
  },
);

testWithDynamo('a caller of previews can cancel a preview, and not a retro scan', async (t) => {
  const pipeline = await startFilled(t);
  const { scans } = pipeline.target.state;
  // Nothing scans: they wait in the queue.
  pipeline.lambda.setChaos({ kill: ({ functionName }) => (functionName === 'retro-analyzer' ? 0 : null) });
  const target = targetOf(pipeline);
  const request = previewRequest({ now: wider });
  await target.startPreview(request);
  while ((await scans.get(request.scanId)) === null) await sleep(20);
  await target.cancelPreview(request.scanId);
  while ((await scans.get(request.scanId))?.state === 'running') await sleep(20);
  pipeline.lambda.setChaos({});
  const retro = await pipeline.begin({ full: true });
  const refused = await pipeline.lambda.invoke('batcher:preview', { cancelPreview: retro.id });
  t.regex(JSON.parse(refused.payload).why, /not a preview id/);
  // Asked for without an order: the start may come last.
  const late = previewRequest({ now: wider });
  const cancelled = await pipeline.lambda.invoke('batcher:preview', { cancelPreview: late.scanId });
  t.deepEqual(JSON.parse(cancelled.payload), { scanId: late.scanId, result: 'cancelled' });
  await target.startPreview(late);
  await pipeline.lambda.idle();
  t.like(await scans.get(late.scanId), { state: 'cancelled', listed: { objects: 0 } });
  t.like(await pipeline.ended(retro.id), { state: 'completed' });
  t.like(await scans.get(request.scanId), { state: 'cancelled', counts: { objects: 0 } });
});

testWithDynamo('a preview that is not possible is refused at its start', async (t) => {
  const pipeline = await startAwsPipeline(t);
  const target = targetOf(pipeline);
  const random = () => Math.random().toString(36).slice(2);
  const rules = Array.from({ length: 1500 }, (_, index) =>
    ruleFor(`R${index}`, Array.from({ length: 80 }, random).join('')),
  );
  const large = previewRequest({ now: { 'large.yar': rules.join('') } });
  const error = await t.throwsAsync(target.startPreview(large));
  t.true(hasCode(error, 'ERR_CONFIG'));
  t.regex(error?.message ?? '', /event of \d{7} bytes, and AWS Lambda accepts 1048576/);
  t.is(pipeline.lambda.stats('batcher').invocations, 0);
});

testWithDynamo('a preview whose batcher died is resumed', async (t) => {
  const pipeline = await startAwsPipeline(t);
  await pipeline.upload(files);
  const request = previewRequest({ now: alpha });
  const { scans, queues } = pipeline.target.state;
  const { library, buckets, previews: limits } = pipeline.target;
  await startPreview({ scans, library, buckets, limits, now: Date.now }, request);
  t.like(await queues.preview.stats(), { visible: 0 });
  t.like(await pipeline.ended(request.scanId), { state: 'completed', counts: { objects: count, scanned: count } });
});
