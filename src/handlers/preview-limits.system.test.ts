import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import type { ExecutionContext } from 'ava';
import { createS3ObjectStore } from '../adapters/aws/s3/s3-object-store.ts';
import type { PreviewRequest } from '../app/previews/preview-scans.ts';
import { createAwsClients } from '../targets/aws/aws-clients.ts';
import { openAwsTarget } from '../targets/aws/aws-target.ts';
import { previewEvent } from '../targets/aws/preview-event.ts';
import { type AwsPipeline, type AwsPipelineOptions, startAwsPipeline } from '../testing/aws/aws-pipeline.ts';
import { previewRequest } from '../testing/local/preview-request.ts';
import { ruleFor } from '../testing/local/test-target.ts';
import { csvSchema, inventoryCsv, inventoryManifest } from '../testing/s3/s3-inventory-files.ts';
import { testWithDynamo } from '../testing/test-unless.ts';

const alpha = { 'a.yar': ruleFor('Alpha', 'alpha') };
const secret = 'K3y!';
const oldAt = '2026-01-01T00:00:00.000Z';
const url = 's3://inventories/manifest.json';

/** A pipeline whose stack has these limits, and the target that a pull request has, without any. */
async function open(t: ExecutionContext, limits: object, options: AwsPipelineOptions = {}) {
  const pipeline = await startAwsPipeline(t, { ...options, settings: { previews: JSON.stringify(limits) } });
  const { services, lambda } = pipeline;
  const clients = createAwsClients({
    ...{ region: 'us-east-1', credentials: { accessKeyId: 'preview', secretAccessKey: 'test' } },
    endpoints: { ...services.endpoints, lambda: lambda.endpoint },
  });
  const config = {
    ...pipeline.target.config,
    previews: { ...pipeline.target.config.previews, within: null, maxRules: 2000 },
  };
  return { pipeline, attacker: openAwsTarget({ config, clients }) };
}

/** One rule for each bit of a file that begins so: which of them match is the file. */
function bitRules(filename: string): string {
  return Array.from({ length: 8 * secret.length }, (_, index) => {
    const [at, bit] = [Math.floor(index / 8), 1 << (index % 8)];
    return `rule b${index} { condition: filename == "${filename}" and uint8(${at}) & ${bit} == ${bit} }`;
  }).join('\n');
}

/** Lists the whole corpus in an inventory of its own. */
async function writeInventory({ services, target }: AwsPipeline): Promise<void> {
  await services.s3.send(new CreateBucketCommand({ Bucket: 'inventories' }));
  const store = createS3ObjectStore({ client: services.s3, bucket: 'inventories' });
  const { objects } = await target.corpus.list({ after: null, limit: 100 });
  const rows = objects.map(({ key, version }) => ({ key, versionId: version, isLatest: true, body: secret }));
  const data = [{ key: 'data/0.csv.gz', content: inventoryCsv(rows, csvSchema) }];
  await store.put(data[0]?.key ?? '', data[0]?.content ?? new Uint8Array());
  const createdAt = '2026-02-01T01:00:00.000Z';
  const manifest = inventoryManifest(data, {
    ...{ fileFormat: 'CSV', fileSchema: csvSchema, createdAt, destinationBucket: 'arn:aws:s3:::inventories' },
  });
  await store.put('manifest.json', Buffer.from(manifest));
}

testWithDynamo(
  'a pull request that requests more than the stack allows reads no other object, and shows no bytes',
  async (t) => {
    const limits = { within: [{ bucket: 'corpus', prefix: 'public/' }] };
    const options = { existing: { other: true }, modifiedAt: () => new Date(oldAt) };
    const { pipeline, attacker } = await open(t, limits, options);
    t.teardown(() => attacker.close());
    await pipeline.publish(alpha);
    await pipeline.upload({ 'public/open.txt': secret, 'private/key.pem': secret });
    await pipeline.settle();
    await writeInventory(pipeline);
    const sha256 = [createHash('sha256').update(secret).digest('hex')];
    const now = { 'a.yar': `${bitRules('key.pem')}\n${ruleFor('Whole', secret)}` };
    const ways: readonly Partial<PreviewRequest>[] = [
      { sha256 },
      { sha256, sample: 0 },
      { filter: { prefix: 'p' }, sha256 },
      { inventories: [url], sha256 },
    ];
    for (const fields of ways) {
      const request = previewRequest({ now }, fields);
      await attacker.startPreview(request);
      t.like(await pipeline.ended(request.scanId), { state: 'completed', listed: { objects: 1 } });
      const ledger = await pipeline.ledger(request.scanId);
      t.deepEqual(
        ledger.flatMap(({ key, preview }) => [key, ...(preview?.hits ?? []).map(({ rule }) => rule)]),
        ['public/open.txt', 'now/a.yar:Whole'],
      );
      t.deepEqual(ledger[0]?.preview?.hits[0]?.strings, [{ identifier: '$a', offset: 0, length: secret.length }]);
    }
  },
);

testWithDynamo('a refusal of the stack is recorded with the reason, where the caller waits', async (t) => {
  const within = [{ bucket: 'corpus', prefix: 'public/' }];
  const { pipeline, attacker } = await open(t, { within, maxRules: 1, maxRunning: 1 });
  t.teardown(() => attacker.close());
  const { scans } = pipeline.target.state;
  const whyOf = async (request: PreviewRequest) => {
    const { payload } = await pipeline.lambda.invoke(
      'batcher:preview',
      JSON.parse(new TextDecoder().decode(previewEvent(request))),
    );
    const { result, scanId, why } = JSON.parse(payload);
    t.like({ result, scanId }, { result: 'refused', scanId: request.scanId });
    t.like(await scans.get(request.scanId), { state: 'cancelled', error: why, counts: { objects: 0 } });
    return String(why);
  };
  const two = { 'a.yar': `${ruleFor('One', 'alpha')}${ruleFor('Two', 'beta')}` };
  t.regex(await whyOf(previewRequest({ now: two })), /previews\.maxRules/);
  t.regex(await whyOf(previewRequest({ now: alpha }, { filter: { prefix: 'private/' } })), /previews\.allowed/);
  const other = { ...previewRequest({ now: alpha }) };
  const foreign = { ...other, ruleset: { ...other.ruleset, engine: { ...other.ruleset.engine, version: '0.0.1' } } };
  t.regex(await whyOf(foreign), /but its content has the id|made for/);

  // Nothing scans: the first keeps running.
  pipeline.lambda.setChaos({ kill: ({ functionName }) => (functionName === 'retro-analyzer' ? 0 : null) });
  await pipeline.upload({ 'public/a': 'alpha' });
  const first = previewRequest({ now: alpha });
  await attacker.startPreview(first);
  while ((await scans.get(first.scanId))?.listingDone !== true) await sleep(20);
  t.regex(await whyOf(previewRequest({ now: alpha })), /previews\.maxRunning/);
  await attacker.cancelPreview(first.scanId);
});

testWithDynamo('a retro scan ends while a preview uses all of its own concurrency', async (t) => {
  const { pipeline, attacker } = await open(t, {}, { maxReceives: 50 });
  t.teardown(() => attacker.close());
  await pipeline.publish(alpha);
  await pipeline.upload(Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`${index}`, 'alpha'])));
  await pipeline.settle();
  const { scans, queues } = pipeline.target.state;
  // Nothing takes batches of previews: as if its slots were taken for ever.
  await pipeline.previewMapping.stop();
  const request = previewRequest({ now: alpha });
  await attacker.startPreview(request);
  while ((await scans.get(request.scanId))?.listingDone !== true) await sleep(20);
  const { id } = await pipeline.begin({ full: true });
  while ((await scans.get(id))?.state === 'running') await sleep(20);
  t.like(await scans.get(id), { state: 'completed', counts: { objects: 20, scanned: 20 } });
  t.like(await scans.get(request.scanId), { state: 'running', counts: { objects: 0 } });
  t.is((await queues.preview.stats()).visible, 3);
});
