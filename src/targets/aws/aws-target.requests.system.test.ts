import { analyzeBatch } from '../../app/analysis/analyze-batch.ts';
import { analyzeLive } from '../../app/analysis/analyze-live.ts';
import { publishRuleset } from '../../app/rulesets/publish-ruleset.ts';
import { startRetro } from '../../app/scans/retro-scans.ts';
import { runBatcher } from '../../app/scans/run-batcher.ts';
import { engineInfo } from '../../engine/module/engine-module.ts';
import { buildRuleset } from '../../rules/ruleset.ts';
import { startAwsServices } from '../../testing/aws/aws-services.ts';
import { startThrottlingFront, type ThrottlingFront } from '../../testing/http/throttling-front.ts';
import { ruleFor } from '../../testing/local/test-target.ts';
import { testWithDynamo } from '../../testing/test-unless.ts';
import { createAwsAnalyzer } from './aws-analyzer.ts';
import { createAwsClients } from './aws-clients.ts';
import { readAwsConfig } from './aws-config.ts';
import { openAwsTarget } from './aws-target.ts';
import { addUsage, timesUsage } from './prices/aws-usage.ts';
import { counted } from './prices/counted-usage.ts';

testWithDynamo('ten objects take few requests: each costs money, and most run sequentially', async (t) => {
  const fronts = new Map<string, ThrottlingFront>();
  const services = await startAwsServices(t, {
    front: async (service, endpoint) => {
      const front = await startThrottlingFront(t, endpoint, { service, capacity: service === 'DYNAMODB' });
      fronts.set(service, front);
      return front.endpoint;
    },
  });
  const { env } = services;
  const clients = createAwsClients({
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    endpoints: {
      ...{ s3: env['AWS_ENDPOINT_URL_S3'] ?? '', sqs: env['AWS_ENDPOINT_URL_SQS'] ?? '' },
      ...{ sns: env['AWS_ENDPOINT_URL_SNS'] ?? '', dynamo: env['AWS_ENDPOINT_URL_DYNAMODB'] ?? '' },
    },
  });
  const target = openAwsTarget({ config: readAwsConfig(env), clients, signer: async () => services.signer });
  const analyzer = createAwsAnalyzer(target, { workers: 1 });
  t.teardown(async () => {
    await analyzer.pool.close();
    await target.close();
  });
  const took = () => {
    const counts: Record<string, number> = Object.fromEntries(
      [...fronts.values()].flatMap((front) => [...front.counts]),
    );
    const { read = 0, write = 0 } = fronts.get('DYNAMODB')?.units ?? {};
    for (const { counts: each, units } of fronts.values()) {
      each.clear();
      units.read = 0;
      units.write = 0;
    }
    return { ...counts, read, write };
  };
  const publish = (...words: readonly string[]) =>
    publishRuleset(
      target.library,
      buildRuleset(
        words.map((word) => ({ namespace: word, source: ruleFor(word, word) })),
        engineInfo(),
      ),
      { now: Date.now },
    );
  const analyze = async (objects: readonly string[]) => {
    const tasks = [];
    for (const key of objects) {
      const { size: _, ...object } = await target.corpus.put(key, Buffer.from(key));
      tasks.push({ object: { ...object, size: key.length }, lastAttempt: false });
    }
    took();
    const { done } = await analyzeLive(analyzer, tasks);
    t.is(done.length, objects.length);
    return took();
  };
  const ten = (prefix: string) => Array.from({ length: 10 }, (_, index) => `${prefix}${index}`);

  await publish('alpha');
  await analyze(['the first of this process']);
  const arrived = await analyze(ten('new '));
  // Two pointers and ten records; all records in one request, and all ledger entries in another,
  // without a transaction.
  const { dynamoRead, dynamoWrite } = addUsage(timesUsage(10, counted.liveFile), counted.liveInvocation);
  t.deepEqual(arrived, {
    ...{ 'GET object': 10, BatchGetItem: 3, BatchExecuteStatement: 2 },
    ...{ read: dynamoRead, write: dynamoWrite },
  });
  const matched = await analyze(['alpha']);
  t.like(matched, { 'GET object': 1, Publish: 1, Query: 1, BatchGetItem: 4, TransactWriteItems: 2, read: 5 });

  await publish('alpha', 'beta');
  const { scan } = await startRetro(
    { scans: target.state.scans, library: target.library, now: Date.now },
    { buckets: target.buckets, filter: { prefix: 'new ' }, full: false, expected: null },
  );
  const { records, scans, queues } = target.state;
  const { readersFor, library, maxObjectBytes, largeFiles, unpack } = target;
  await runBatcher(
    {
      ...{ readersFor, library, records, scans, queues, previews: target.previews, maxObjectBytes, largeFiles, unpack },
      ...{ owner: 'test', now: Date.now, observe: () => undefined },
    },
    scan.id,
    new AbortController().signal,
  );
  const [message] = await queues.retro.receive({ max: 1, waitMs: 1000 });
  const { batchId } = JSON.parse(message?.body ?? '{}');
  await library.get((await scans.getBatch(scan.id, batchId))?.rulesetId ?? '');
  took();
  t.is(await analyzeBatch(analyzer, { scanId: scan.id, batchId }, { lastAttempt: false }), 'done');
  // The last batch completes its scan. The first to apply these rules writes the set of them.
  t.like(took(), { 'GET object': 10, Query: 3, BatchGetItem: 3, TransactWriteItems: 2, PutItem: 11 });
});
