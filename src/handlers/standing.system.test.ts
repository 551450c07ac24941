import type { ExecutionContext } from 'ava';
import * as z from 'zod';
import { rollbackRuleset } from '../app/rulesets/rollback-ruleset.ts';
import { startRetro } from '../app/scans/retro-scans.ts';
import { progressOf } from '../app/scans/scan-progress.ts';
import { sampleAlert } from '../ports/alert-sink.contract.ts';
import { type AwsPipeline, type AwsPipelineOptions, startAwsPipeline } from '../testing/aws/aws-pipeline.ts';
import { ruleFor } from '../testing/local/test-target.ts';
import { failure } from '../testing/s3/s3-http.ts';
import { startS3Intercept } from '../testing/s3/s3-intercept.ts';
import { testWithDynamo } from '../testing/test-unless.ts';

const two = { 'a.yar': ruleFor('Alpha', 'alpha'), 'b.yar': ruleFor('Beta', 'beta') };

/** Metrics of each invocation of a function that told any, in their order. */
function metricsOf({ lambda }: AwsPipeline, name: string): readonly Readonly<Record<string, unknown>>[] {
  return lambda
    .logs(name)
    .filter((line) => line.includes('"_aws"'))
    .map((line) => z.record(z.string(), z.unknown()).parse(JSON.parse(line)));
}

async function finish(pipeline: AwsPipeline): Promise<Readonly<Record<string, unknown>>> {
  const before = metricsOf(pipeline, 'scan-finisher').length;
  await pipeline.lambda.invoke('scan-finisher', {});
  return metricsOf(pipeline, 'scan-finisher')[before] ?? {};
}

/** A pipeline in which reads of rulesets are counted, and refused while `denied` is set. */
async function startWatched(t: ExecutionContext, options: AwsPipelineOptions = {}) {
  const rulesets = { reads: 0, denied: false };
  const pipeline = await startAwsPipeline(t, {
    front: async (service, endpoint) =>
      service !== 'S3'
        ? endpoint
        : startS3Intercept(t, endpoint, ({ method, bucket }) => {
            if (bucket !== 'artifacts' || method !== 'GET') return null;
            rulesets.reads += 1;
            return rulesets.denied ? failure(403, 'AccessDenied', 'No.') : null;
          }),
    ...options,
  });
  return { pipeline, rulesets };
}

testWithDynamo('the finisher reports number and size of the active ruleset, which it reads once', async (t) => {
  const { pipeline, rulesets } = await startWatched(t);
  const none = await finish(pipeline);
  t.like(none, { service: 'scan-finisher', RulesetSequence: 0, RulesetRules: 0 }, 'before the first is published');
  await pipeline.publish(two);
  t.like(await finish(pipeline), { RulesetSequence: 1, RulesetRules: 2 });
  const { reads } = rulesets;
  t.true(reads > 0);
  const again = await finish(pipeline);
  t.like(again, { RulesetSequence: 1, RulesetRules: 2 });
  t.is(rulesets.reads, reads);
  for (const name of [
    'OldestScanIdleSeconds',
    'RetroObjectsLeft',
    'OldestOwedAlertSeconds',
    'AppliedRulesetSequence',
  ]) {
    t.false(name in again, `${name} has nothing to say`);
  }
  await pipeline.publish({ 'a.yar': two['a.yar'] });
  t.like(await finish(pipeline), { RulesetSequence: 2, RulesetRules: 1 });
});

testWithDynamo('a live analyzer reports the number of the ruleset that it scanned with', async (t) => {
  const { pipeline } = await startWatched(t);
  await pipeline.publish(two);
  await pipeline.upload({ a: 'alpha' });
  await pipeline.settle();
  await pipeline.publish({ 'a.yar': two['a.yar'] });
  await pipeline.upload({ b: 'alpha' });
  await pipeline.settle();
  t.deepEqual(
    metricsOf(pipeline, 'live-analyzer').map((each) => each['AppliedRulesetSequence']),
    [1, 2],
  );
});

testWithDynamo('an unreadable ruleset is a problem, and the finisher does its other work', async (t) => {
  const { pipeline, rulesets } = await startWatched(t);
  await pipeline.publish(two);
  rulesets.denied = true;
  const result = await finish(pipeline);
  t.like(result, { RulesetSequence: 1, Problems: 1 });
  t.false('RulesetRules' in result);
  t.is(pipeline.lambda.stats('scan-finisher').errors, 0);
  rulesets.denied = false;
  t.like(await finish(pipeline), { RulesetRules: 2 });
});

testWithDynamo('the finisher reports how long a scan has been idle, whichever process checked first', async (t) => {
  const { pipeline } = await startWatched(t);
  const { target } = pipeline;
  await pipeline.publish(two);
  await pipeline.upload({ a: 'alpha', b: 'beta' });
  await pipeline.settle();
  const { scan } = await startRetro(
    { scans: target.state.scans, library: target.library, now: Date.now },
    { buckets: target.buckets, filter: {}, full: true, expected: null },
  );
  const anHourAgo = Date.now() - 3_600_000;
  const looked = { scans: { [scan.id]: { mark: progressOf(scan), sinceMs: anHourAgo } } };
  const reports = { mark: '1/0', sinceMs: anHourAgo };
  await target.state.pointers.compareAndSet('scans/progress', null, JSON.stringify({ ...looked, reports }));
  const result = await finish(pipeline);
  const idle = z.number().parse(result['OldestScanIdleSeconds']);
  t.true(idle >= 3600 && idle < 3700, `${idle}`);
  t.is(result['RetroObjectsLeft'], 0, 'nothing is listed yet');
  t.is((await pipeline.ended(scan.id)).state, 'completed');
  t.false('OldestScanIdleSeconds' in (await finish(pipeline)), 'none runs');
});

testWithDynamo('if alerts cannot be sent, the finisher reports how long the oldest is owed', async (t) => {
  const { pipeline } = await startWatched(t, {
    front: async (service, endpoint) => (service === 'SNS' ? 'http://127.0.0.1:1' : endpoint),
  });
  await pipeline.publish(two);
  const anHourAgo = new Date(Date.now() - 3_600_000).toISOString();
  const { reason: _, ...alert } = sampleAlert({ at: anHourAgo });
  await pipeline.target.state.matches.record([{ alert, isStaged: false, sameLogicRules: [alert.rule.id] }]);
  const result = await finish(pipeline);
  t.like(result, { AlertsDelayed: 1 });
  const age = z.number().parse(result['OldestOwedAlertSeconds']);
  t.true(age >= 3600 && age < 3700, `${age}`);
});

testWithDynamo('operators get one plain notice for each round in which the active ruleset changed', async (t) => {
  const { pipeline } = await startWatched(t);
  const { services, target } = pipeline;
  await finish(pipeline);
  t.deepEqual(await services.operatorNotices(), [], 'nothing is active yet');
  await pipeline.publish(two);
  await finish(pipeline);
  await finish(pipeline);
  await pipeline.publish({ 'a.yar': two['a.yar'] });
  await rollbackRuleset(target.library, { now: Date.now });
  await finish(pipeline);
  const notices = await services.operatorNotices();
  t.deepEqual(
    notices.map(({ subject }) => subject),
    ['Rearview: ruleset 1 is active (the first)', 'Rearview: rolled back to ruleset 1, active as 3 (before: 2)'],
  );
  t.regex(notices[1]?.text ?? '', /^Ruleset 2: published$[\s\S]*^Ruleset 3: rolled back to ruleset 1$/m);
});

testWithDynamo(
  'a notice that the topic refuses is a problem and is sent later, and the finisher does its other work',
  async (t) => {
    let isAway = true;
    const { pipeline } = await startWatched(t, {
      front: async (service, endpoint) =>
        service === 'SNS'
          ? startS3Intercept(t, endpoint, () => (isAway ? failure(403, 'AuthorizationError', 'No.') : null))
          : endpoint,
    });
    await pipeline.publish(two);
    t.like(await finish(pipeline), { RulesetSequence: 1, Problems: 1 });
    t.is(pipeline.lambda.stats('scan-finisher').errors, 0);
    isAway = false;
    t.false('Problems' in (await finish(pipeline)));
    t.is((await pipeline.services.operatorNotices()).length, 1);
  },
);
