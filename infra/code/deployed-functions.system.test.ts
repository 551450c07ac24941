import { createHash } from 'node:crypto';
import { chmodSync, cpSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import type { ExecutionContext } from 'ava';
import { createS3ObjectStore } from '../../src/adapters/aws/s3/s3-object-store.ts';
import { publishRuleset } from '../../src/app/rulesets/publish-ruleset.ts';
import type { Alert } from '../../src/domain/alerts/alert.ts';
import { buildImage } from '../../src/engine/build-image.ts';
import { engineInfo } from '../../src/engine/module/engine-module.ts';
import { buildRuleset } from '../../src/rules/ruleset.ts';
import { createAwsClients } from '../../src/targets/aws/aws-clients.ts';
import { readAwsConfig } from '../../src/targets/aws/aws-config.ts';
import { type AwsTarget, openAwsTarget } from '../../src/targets/aws/aws-target.ts';
import { type AwsServices, startAwsServices } from '../../src/testing/aws/aws-services.ts';
import { deleteMessages, receiveBatch } from '../../src/testing/lambda/queue-batches.ts';
import { queueState } from '../../src/testing/lambda/queue-state.ts';
import { sqsEvent } from '../../src/testing/lambda/sqs-event.ts';
import { type RunningFunction, startFunction } from '../../src/testing/lambda-runtime-api/start-function.ts';
import { ruleFor } from '../../src/testing/local/test-target.ts';
import { inventoryParquet } from '../../src/testing/s3/inventory-parquet.ts';
import { inventoryManifest, inventoryRows, parquetSchema } from '../../src/testing/s3/s3-inventory-files.ts';
import { tempFolder } from '../../src/testing/temp-folder.ts';
import { testWithDynamo } from '../../src/testing/test-unless.ts';
import type { FunctionName } from '../handles.ts';
import { bundleFunctions } from './bundle-functions.ts';

interface Deployment {
  readonly services: AwsServices;
  readonly target: AwsTarget;
  readonly taskRoot: string;
  start(name: FunctionName): Promise<RunningFunction>;
  publish(rules: Readonly<Record<string, string>>, options?: { readonly withImage: boolean }): Promise<void>;
  /** The Lambda event for this many messages of a queue, which are received from it. */
  takeEvent(queueUrl: string, count: number): Promise<unknown>;
  alerts(): Promise<readonly string[]>;
}

/**
 * The bundle, unpacked outside of the working copy, read-only as in AWS, with emulators of its
 * services.
 */
async function deploy(t: ExecutionContext): Promise<Deployment> {
  const services = await startAwsServices(t);
  const { folder } = await bundleFunctions(join(tempFolder(t), 'built'));
  const taskRoot = join(tempFolder(t), 'task');
  cpSync(folder, taskRoot, { recursive: true });
  for (const path of entriesOf(taskRoot)) chmodSync(path, statSync(path).isDirectory() ? 0o555 : 0o444);
  t.teardown(() => {
    for (const path of entriesOf(taskRoot)) if (statSync(path).isDirectory()) chmodSync(path, 0o755);
  });
  const clients = createAwsClients({
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    endpoints: services.endpoints,
  });
  const target = openAwsTarget({
    ...{ config: readAwsConfig(services.settings), clients },
    signer: async () => services.signer,
  });
  t.teardown(() => target.close());
  return {
    ...{ services, target, taskRoot },
    async start(name) {
      const running = await startFunction({ taskRoot, name, handler: `${name}.handler`, env: services.env });
      t.teardown(() => running.stop());
      t.is(running.initError, null);
      return running;
    },
    async publish(rules, { withImage } = { withImage: true }) {
      const sources = Object.entries(rules).map(([namespace, source]) => ({ namespace, source }));
      const ruleset = buildRuleset(sources, engineInfo());
      const image = withImage ? await buildImage(sources) : null;
      await publishRuleset(target.library, { ...ruleset, image }, { now: Date.now });
    },
    async takeEvent(queueUrl, count) {
      const { arn } = await queueState(services.sqs, queueUrl);
      const { signal } = new AbortController();
      const options = { queueUrl, batchSize: count, windowMs: 10_000, signal, begin: () => undefined };
      const messages = await receiveBatch(services.sqs, options);
      await deleteMessages(services.sqs, queueUrl, messages);
      return sqsEvent(messages, arn);
    },
    async alerts() {
      const all = (await services.alerts()).map((text): Alert => JSON.parse(text));
      return all.map(({ rule, object }) => `${rule.name} ${object.key}`).toSorted();
    },
  };
}

function entriesOf(folder: string): readonly string[] {
  return [folder, ...readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path))];
}

/** Everything that a write would change. */
function stateOf(folder: string): readonly string[] {
  return entriesOf(folder)
    .toSorted()
    .map((path) => {
      const { mtimeMs, size } = statSync(path);
      const isFolder = statSync(path).isDirectory();
      const digest = isFolder ? '' : createHash('sha256').update(readFileSync(path)).digest('hex');
      return `${path} ${mtimeMs} ${size} ${digest}`;
    });
}

/** Nothing on stderr, which also has the warnings of Node, and no warning in the function's log. */
function ranQuietly(t: ExecutionContext, running: RunningFunction): void {
  t.is(running.stderr(), '');
  const lines = running
    .stdout()
    .split('\n')
    .filter((line) => line !== '');
  t.true(lines.length > 0);
  for (const line of lines) t.notRegex(line, /"level":"(WARN|ERROR)"|ExperimentalWarning/);
}

testWithDynamo(
  'the deployed code scans an arriving file and sends the alert, and writes nothing to its own folder',
  async (t) => {
    const { target, taskRoot, start, publish, takeEvent, alerts } = await deploy(t);
    const before = stateOf(taskRoot);
    await publish({ 'a.yar': ruleFor('Alpha', 'alpha', 'severity = "high"') });
    const analyzer = await start('live-analyzer');
    await target.corpus.put('mail/attached.bin', Buffer.from('… alpha …'));
    await target.corpus.put('mail/clean.bin', Buffer.from('nothing'));
    const event = await takeEvent(target.config.liveQueueUrl, 2);
    const { payload, error } = await analyzer.invoke(event);
    t.is(error, null);
    t.deepEqual(JSON.parse(payload), { batchItemFailures: [] });
    t.deepEqual(await alerts(), ['Alpha mail/attached.bin']);
    const live = await target.state.scans.get(`live-${new Date().toISOString().slice(0, 10)}`);
    t.like(live?.counts, { objects: 2, scanned: 2, matches: 1 });
    ranQuietly(t, analyzer);
    t.deepEqual(stateOf(taskRoot), before);
    const bytes = analyzer.maxResidentBytes();
    t.log(
      `${analyzer.initMs.toFixed(0)} ms to the first event; ${((bytes ?? 0) / 1e6).toFixed(0)} MB resident at most`,
    );
  },
);

testWithDynamo('a ruleset without an image is compiled after deployment', async (t) => {
  const { target, start, publish, takeEvent, alerts } = await deploy(t);
  await publish({ 'a.yar': ruleFor('Alpha', 'alpha') }, { withImage: false });
  const analyzer = await start('live-analyzer');
  await target.corpus.put('a', Buffer.from('alpha'));
  t.is((await analyzer.invoke(await takeEvent(target.config.liveQueueUrl, 1))).error, null);
  t.deepEqual(await alerts(), ['Alpha a']);
  ranQuietly(t, analyzer);
});

testWithDynamo(
  'every other deployed function works: a retro scan from start to completion, and a redrive',
  async (t) => {
    const { target, services, taskRoot, start, publish, takeEvent, alerts } = await deploy(t);
    const before = stateOf(taskRoot);
    await target.corpus.put('a', Buffer.from('alpha'));
    await target.corpus.put('b', Buffer.from('beta'));
    await publish({ 'a.yar': ruleFor('Alpha', 'alpha') });
    const batcher = await start('batcher');
    const planned = await batcher.invoke({ start: { full: false } });
    t.is(planned.error, null);
    const { scanId } = JSON.parse(planned.payload);
    const retro = await start('retro-analyzer');
    const analyzed = await retro.invoke(await takeEvent(target.config.retroQueueUrl, 1));
    t.deepEqual([analyzed.error, JSON.parse(analyzed.payload)], [null, { batchItemFailures: [] }]);
    t.deepEqual(await alerts(), ['Alpha a']);
    const finisher = await start('scan-finisher');
    t.deepEqual(JSON.parse((await finisher.invoke({})).payload), { alertsFailed: 0 });
    t.like(await target.state.scans.get(scanId), {
      state: 'completed',
      counts: { objects: 2, scanned: 2, matches: 1 },
    });

    await services.sqs.send(new SendMessageCommand({ QueueUrl: target.config.liveDeadLetterUrl, MessageBody: 'dead' }));
    const redrive = await start('redrive');
    t.deepEqual(JSON.parse((await redrive.invoke({ queue: 'live' })).payload), { live: 1 });
    for (const running of [batcher, retro, finisher, redrive]) ranQuietly(t, running);
    t.deepEqual(stateOf(taskRoot), before);
  },
);

testWithDynamo(
  'modules that are loaded on demand are also deployed: a retro scan lists a Parquet inventory',
  async (t) => {
    const { target, services, start, publish } = await deploy(t);
    await publish({ 'a.yar': ruleFor('Alpha', 'alpha') });
    await services.s3.send(new CreateBucketCommand({ Bucket: 'inventories' }));
    const inventories = createS3ObjectStore({ client: services.s3, bucket: 'inventories' });
    const [content] = inventoryParquet;
    const manifest = inventoryManifest([{ key: 'data/1.parquet', content }], {
      ...{ fileFormat: 'Parquet', fileSchema: parquetSchema, createdAt: '2026-02-01T01:00:00.000Z' },
      destinationBucket: 'arn:aws:s3:::inventories',
    });
    await inventories.put('data/1.parquet', content);
    await inventories.put('manifest.json', Buffer.from(manifest));
    const batcher = await start('batcher');
    const { payload, error } = await batcher.invoke({ start: { inventories: ['s3://inventories/manifest.json'] } });
    t.is(error, null);
    // The first of the two files.
    const objects = inventoryRows.slice(0, 5).filter(({ body }) => body !== null).length;
    t.like(await target.state.scans.get(JSON.parse(payload).scanId), { listingDone: true, listed: { objects } });
    ranQuietly(t, batcher);
  },
);

testWithDynamo('an error of a deployed function has its name from the source', async (t) => {
  const { start } = await deploy(t);
  const batcher = await start('batcher');
  const { error } = await batcher.invoke({ nonsense: true });
  t.is(error?.errorType, 'RearviewError');
  t.true(error?.trace?.some((line) => /scanOf \(file:.*\/batcher\.mjs:\d+:\d+\)/.test(line)));
});
