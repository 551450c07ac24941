import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import { GetTopicAttributesCommand } from '@aws-sdk/client-sns';
import { ListQueuesCommand } from '@aws-sdk/client-sqs';
import { publishRuleset } from '../../app/rulesets/publish-ruleset.ts';
import { engineInfo } from '../../engine/module/engine-module.ts';
import { buildRuleset } from '../../rules/ruleset.ts';
import { readAwsConfig } from '../../targets/aws/aws-config.ts';
import { openAwsTarget } from '../../targets/aws/aws-target.ts';
import { startAwsPipeline } from '../../testing/aws/aws-pipeline.ts';
import { type AwsServices, startAwsServices } from '../../testing/aws/aws-services.ts';
import { snsFailure, sqsFailure } from '../../testing/aws/messaging-emulator.ts';
import { createTestCli } from '../../testing/cli/run-cli.ts';
import { forward, startHttpServer } from '../../testing/http/http-proxy.ts';
import { testWithDynamo } from '../../testing/test-unless.ts';
import { useEnvironment } from '../../testing/use-environment.ts';

const shipped = readFile(new URL('../../../rules/test/eicar.yar', import.meta.url), 'utf8');

/** Resources that a live test has created and not removed. */
async function leftovers({ s3, sns, sqs, env }: AwsServices) {
  const { Versions = [], DeleteMarkers = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket: 'corpus' }));
  const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({ QueueNamePrefix: 'rearview-live-test' }));
  const topic = new GetTopicAttributesCommand({ TopicArn: readAwsConfig(env).alertTopicArn });
  const { Attributes } = await sns.send(topic);
  return {
    objects: Versions.length + DeleteMarkers.length,
    queues: QueueUrls.length,
    // One was there before.
    subscriptions: Number(Attributes?.['SubscriptionsConfirmed']) - 1,
  };
}

const nothing = { objects: 0, queues: 0, subscriptions: 0 };

for (const [format, versioned] of [
  ['rearview', true],
  ['binaryalert', false],
] as const) {
  testWithDynamo(
    `in AWS every form is found and its alert arrives, format ${format}, versioned ${versioned}, and nothing is left`,
    async (t) => {
      const pipeline = await startAwsPipeline(t, { versioned, settings: { alertFormat: format } });
      await pipeline.publish({ 'test/eicar.yar': await shipped });
      const { code, stdout, stderr } = await pipeline.run('live-test', '--json');
      t.is(code, 0, stdout + stderr);
      const result = JSON.parse(stdout);
      t.like(result, { bucket: 'corpus', ok: true, leftovers: [] });
      t.is(result.forms.length, 7);
      t.deepEqual(await leftovers(pipeline.services), nothing);
      const { matches } = await pipeline.target.state.matches.list({ filter: {}, limit: 10 });
      t.is(
        matches.reduce((sum, { objects }) => sum + objects, 0),
        7,
      );
    },
  );
}

testWithDynamo(
  'if no alert can be published, live-test ends with 1, reports the missing permission, and leaves nothing',
  async (t) => {
    const pipeline = await startAwsPipeline(t, {
      front: async (service, endpoint) => {
        if (service !== 'SNS') return endpoint;
        return startHttpServer(t, async (request) =>
          /Action=Publish(&|$)/.test(request.body.toString())
            ? snsFailure(403, 'AuthorizationError')
            : forward(endpoint, request),
        );
      },
    });
    await pipeline.publish({ 'test/eicar.yar': await shipped });
    const { code, stdout } = await pipeline.run('live-test', '--json', '--timeout', '15');
    t.is(code, 1);
    const result = JSON.parse(stdout);
    t.like(result, { ok: false, leftovers: [] });
    for (const form of result.forms) {
      t.not(form.uploadedMs, null);
      t.is(form.alertedMs, null);
      t.regex(form.detail, form.recordedMs === null ? /check/ : /has not been sent/);
    }
    t.deepEqual(await leftovers(pipeline.services), nothing);
  },
);

testWithDynamo('live-test names objects that it may not remove, and ends with 1', async (t) => {
  const pipeline = await startAwsPipeline(t, {
    front: async (service, endpoint) => {
      if (service !== 'SQS') return endpoint;
      const outer = await startHttpServer(t, async (request) => {
        if (request.headers['x-amz-target'] === 'AmazonSQS.DeleteQueue')
          return sqsFailure(403, 'AccessDeniedException');
        const answer = await forward(endpoint, request);
        // The SDK sends requests to the URL of a queue.
        return { ...answer, body: answer.body.toString().replaceAll(endpoint, outer) };
      });
      return outer;
    },
  });
  await pipeline.publish({ 'test/eicar.yar': await shipped });
  const { code, stdout, stderr } = await pipeline.run('live-test');
  t.is(code, 1);
  t.regex(stdout, /plain +test\/eicar\.yar:Test_EICAR_File/);
  t.regex(stderr, /Cannot remove, remove it yourself: http.*\/rearview-live-test-\S+ \(.*sqs:DeleteQueue/);
  t.deepEqual(await leftovers(pipeline.services), { ...nothing, queues: 1 });
});

testWithDynamo('Ctrl-C ends the wait, and objects, queue and subscription are removed', async (t) => {
  const services = await startAwsServices(t);
  useEnvironment(t, services.env);
  const target = openAwsTarget({ config: readAwsConfig(services.env), signer: async () => services.signer });
  t.teardown(() => target.close());
  const sources = [{ namespace: 'test/eicar.yar', source: await shipped }];
  await publishRuleset(target.library, buildRuleset(sources, engineInfo()), { now: Date.now });
  const cli = await createTestCli(t);
  const stop = new AbortController();
  const running = cli.runWith({ env: services.env, signal: stop.signal }, 'live-test', '--target', 'aws');
  while (services.created.length < 7) await sleep(20);
  t.like(await leftovers(services), { queues: 1, subscriptions: 1 });
  stop.abort();
  const { code, stderr } = await running;
  t.is(code, 130, stderr);
  t.regex(stderr, /Interrupted: cleaning up/);
  t.deepEqual(await leftovers(services), nothing);
});
