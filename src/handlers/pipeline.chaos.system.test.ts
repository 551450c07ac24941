import type { ExecutionContext } from 'ava';
import type { Scan } from '../domain/scans/scan.ts';
import { type AwsPipeline, startAwsPipeline } from '../testing/aws/aws-pipeline.ts';
import { startThrottlingFront, type ThrottlingFront } from '../testing/http/throttling-front.ts';
import type { KillMoment } from '../testing/lambda/chaos.ts';
import { ruleFor } from '../testing/local/test-target.ts';
import { testWithDynamo } from '../testing/test-unless.ts';

const alpha = { 'a.yar': ruleFor('Alpha', 'alpha') };
const both = { ...alpha, 'b.yar': ruleFor('Beta', 'beta') };
/** Fewer than `indexedTogether`: otherwise the index may exclude objects from the retro scan. */
const count = 30;
const files = Object.fromEntries(
  Array.from({ length: count }, (_, index) => [`${index}.txt`, index % 3 === 0 ? `alpha beta ${index}` : `${index}`]),
);
const matching = count / 3;
/** So that nothing ends with the dead letters for having been killed often. */
const maxReceives = 50;

/**
 * Uploads, has a new rule scanned over what arrived, and sees that every object has its outcome and
 * every match its alert.
 */
async function runAll(t: ExecutionContext, pipeline: AwsPipeline): Promise<void> {
  await pipeline.publish(alpha);
  await pipeline.upload(files);
  await pipeline.settle();
  await pipeline.publish(both);
  const retro = await pipeline.ended((await pipeline.begin()).id);
  await pipeline.settle();

  const { scans, queues, matches } = pipeline.target.state;
  const live = await scans.get(`live-${new Date().toISOString().slice(0, 10)}`);
  await addsUp(t, pipeline, live);
  await addsUp(t, pipeline, retro);
  t.is(retro.state, 'completed');
  for (const queue of [queues.live, queues.retro])
    t.like(await queue.stats(), { visible: 0, inFlight: 0, deadLetters: 0 });
  // What was killed between sending and marking is owed still, and found again by its id.
  const owed = await matches.pendingAlerts({ limit: 1000 });
  const known = new Set(
    [...(await pipeline.alerts()), ...owed].map(({ rule, object }) => `${rule.name} ${object.key}`),
  );
  t.is(known.size, 2 * matching);
  const { matches: all } = await matches.list({ filter: {}, limit: 1000 });
  t.is(all.length, 2 * matching);
  t.true(all.every(({ objects }) => objects === 1));
}

async function addsUp(t: ExecutionContext, pipeline: AwsPipeline, scan: Scan | null): Promise<void> {
  t.like(scan?.counts, { objects: count, scanned: count, covered: 0, skipped: 0, failed: 0 });
  const entries = await pipeline.ledger(scan?.id ?? '');
  t.deepEqual(entries.map(({ key }) => key).sort(), Object.keys(files).sort());
}

testWithDynamo('killed at any moment, nothing is lost and the ledgers add up', async (t) => {
  const pipeline = await startAwsPipeline(t, { maxReceives });
  const moments: readonly KillMoment[] = [10, 'before-answer', 40, 'after-answer', 150, 0];
  pipeline.lambda.setChaos({
    kill({ functionName, number }) {
      // Of the batcher its two first attempts: the third has their request id and so their lease,
      // which would have to run out else.
      const kills = { 'live-analyzer': 6, 'retro-analyzer': 4, batcher: 2 }[functionName] ?? 0;
      return number <= kills ? (moments[number - 1] ?? null) : null;
    },
  });
  await runAll(t, pipeline);
  t.true(pipeline.lambda.stats('live-analyzer').kills > 0 && pipeline.lambda.stats('batcher').kills > 0);
});

testWithDynamo('with every message delivered twice, nothing counts and nothing alerts twice', async (t) => {
  const pipeline = await startAwsPipeline(t, { maxReceives });
  pipeline.lambda.setChaos({ deliverTwice: () => true });
  await runAll(t, pipeline);
  t.is((await pipeline.services.alerts()).length, 2 * matching);
});

testWithDynamo('services that refuse requests delay the work, and lose none of it', async (t) => {
  const fronts: ThrottlingFront[] = [];
  const pipeline = await startAwsPipeline(t, {
    maxReceives,
    front: async (service, endpoint) => {
      // Every fifth, and now and then more in a row than the SDK's own attempts.
      const isThrottled = (number: number) => number % 5 === 4 || number % 199 < 6;
      const front = await startThrottlingFront(t, endpoint, { service, isThrottled });
      fronts.push(front);
      return front.endpoint;
    },
  });
  await runAll(t, pipeline);
  for (const { throttled } of fronts) t.true(throttled > 0);
});
