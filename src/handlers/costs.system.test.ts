import * as z from 'zod';
import { addUsage, type Usage } from '../targets/aws/prices/aws-usage.ts';
import { counted, countedLogBytes, countedMetrics } from '../targets/aws/prices/counted-usage.ts';
import { startAwsPipeline } from '../testing/aws/aws-pipeline.ts';
import { startThrottlingFront, type ThrottlingFront } from '../testing/http/throttling-front.ts';
import { ruleFor } from '../testing/local/test-target.ts';
import { testWithDynamo } from '../testing/test-unless.ts';

/** A line with metrics: their names are what CloudWatch charges for. */
const metricsLine = z.object({
  _aws: z.object({ CloudWatchMetrics: z.array(z.object({ Metrics: z.array(z.object({ Name: z.string() })) })) }),
});
const logOf = (lines: readonly string[]) => ({
  bytes: lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0),
  metrics: lines.flatMap((line) => {
    const { data } = metricsLine.safeParse(JSON.parse(line));
    return (data?._aws.CloudWatchMetrics ?? []).flatMap(({ Metrics }) => Metrics.map(({ Name }) => Name));
  }),
});

testWithDynamo('files, matches and idle minutes take the requests that the cost page charges', async (t) => {
  const fronts = new Map<string, ThrottlingFront>();
  const pipeline = await startAwsPipeline(t, {
    batchSize: 10,
    front: async (service, endpoint) => {
      const front = await startThrottlingFront(t, endpoint, { service, capacity: service === 'DYNAMODB' });
      fronts.set(service, front);
      return front.endpoint;
    },
  });
  const { lambda } = pipeline;
  /** The usage of the clients since the last call. */
  const take = (): Usage => {
    const of = (service: string, name: string) => fronts.get(service)?.counts.get(name) ?? 0;
    const { read = 0, write = 0 } = fronts.get('DYNAMODB')?.units ?? {};
    const usage = addUsage({
      s3Read: of('S3', 'GET object') + of('S3', 'HEAD object'),
      s3Write: of('S3', 'PUT object') + of('S3', 'POST object') + of('S3', 'GET bucket'),
      sqsRequest: [...(fronts.get('SQS')?.counts.values() ?? [])].reduce((sum, each) => sum + each, 0),
      snsPublish: of('SNS', 'Publish'),
      ...{ dynamoRead: read, dynamoWrite: write },
    });
    for (const { counts, units } of fronts.values()) {
      counts.clear();
      Object.assign(units, { read: 0, write: 0 });
    }
    return usage;
  };
  await pipeline.publish({ 'a.yar': ruleFor('Alpha', 'alpha') });
  pipeline.write({ 'first/first': 'first', 'next/next': 'next' });
  t.is((await pipeline.run('upload', 'first')).code, 0);
  await pipeline.settle();

  take();
  t.is((await pipeline.run('upload', 'next')).code, 0);
  await lambda.idle();
  t.deepEqual(take(), addUsage(counted.upload, counted.liveFile, counted.liveInvocation), 'a file without a match');
  const live = logOf(lambda.logs('live-analyzer').slice(-1));
  t.true(live.bytes <= countedLogBytes.live, `${live.bytes} bytes`);
  t.is(live.metrics.length, countedMetrics.live, live.metrics.join());

  await pipeline.upload({ match: 'alpha' });
  await lambda.idle();
  t.deepEqual(take(), addUsage(counted.liveFile, counted.liveInvocation, counted.match), 'a file that matches');

  const logged = lambda.logs('scan-finisher').length;
  await lambda.invoke('scan-finisher', {});
  t.deepEqual(take(), addUsage(counted.finisher), 'an idle minute');
  const finisher = logOf(lambda.logs('scan-finisher').slice(logged));
  t.true(finisher.bytes <= countedLogBytes.finisher, `${finisher.bytes} bytes`);
  t.is(finisher.metrics.length, countedMetrics.finisher, finisher.metrics.join());
});
