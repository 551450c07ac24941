import test, { type ExecutionContext } from 'ava';
import { snsFailure, sqsFailure } from '../../testing/aws/messaging-emulator.ts';
import { onlyFaults, startSoundAws } from '../../testing/aws/sound-aws.ts';
import { createTestCli } from '../../testing/cli/run-cli.ts';
import { forward, type HttpAnswer, startHttpServer } from '../../testing/http/http-proxy.ts';
import { testWithDynamo } from '../../testing/test-unless.ts';
import { useEnvironment } from '../../testing/use-environment.ts';

/** A service that refuses one action to every caller. */
function refusing(t: ExecutionContext, target: string, refuses: (action: string) => HttpAnswer | null) {
  return startHttpServer(t, async (request) => {
    const action =
      /Action=(\w+)/.exec(request.body.toString())?.[1] ?? String(request.headers['x-amz-target']).split('.').at(-1);
    return refuses(action ?? '') ?? forward(target, request);
  });
}

testWithDynamo('in a sound setup, doctor reports every part as ok, and ends with 0', async (t) => {
  const { services, endpoint } = await startSoundAws(t);
  const sts = services.endpoints.sqs;
  useEnvironment(t, { ...services.env, AWS_ENDPOINT_URL_LAMBDA: endpoint, AWS_ENDPOINT_URL_STS: sts });
  const cli = await createTestCli(t);
  const { code, lines, stdout } = await cli.runWith({ env: services.env }, 'doctor', '--target', 'aws', '--json');
  t.is(code, 0, stdout);
  t.deepEqual(
    lines.filter(({ status }) => status !== 'ok'),
    [],
  );
  t.deepEqual(
    lines.map(({ check }) => check),
    [
      ...['node', 'engine', 'settings', 'credentials', 'corpus corpus', 'arrivals corpus'],
      'artifacts artifacts',
      ...['table objects', 'table scans', 'table matches', 'live setup', 'retro setup', 'preview setup'],
      ...['queue live', 'queue retro', 'queue preview'],
      ...['alerts', 'owed alerts', 'batcher', 'concurrency', 'ruleset', 'scans'],
    ],
  );
  t.regex(stdout, /account 000000000000, arn:aws:iam/);
  const text = await cli.runWith({ env: services.env }, 'doctor', '--target', 'aws');
  t.regex(text.stdout, /^ok {4}table matches +matches is active, 3 indexes$/m);
});

testWithDynamo('a missing part fails, is named, and does not prevent other checks', async (t) => {
  const { check, config } = await startSoundAws(t);
  const nowhere = config.liveQueueUrl.replace('/live', '/nowhere');
  onlyFaults(
    t,
    await check({ corpusBuckets: ['corpus', 'gone'].map((name) => ({ name, prefix: '' })) }),
    /^fail corpus gone: The bucket gone does not exist/,
  );
  onlyFaults(
    t,
    await check({ artifactsBucket: 'gone' }),
    /^fail artifacts gone: The bucket gone does not exist/,
    /^fail ruleset: The file of the ruleset [0-9a-f]+ is missing\. Publish the same rules again/,
  );
  onlyFaults(t, await check({ objectsTable: 'gone' }), /^fail table objects: The table gone does not exist/);
  onlyFaults(t, await check({ batcherFunction: 'gone' }), /^fail batcher: The function gone does not exist/);
  onlyFaults(
    t,
    await check({ alertTopicArn: `${config.alertTopicArn}-gone` }),
    /^fail alerts: The topic .* does not exist/,
  );
  const queue = await check({ liveQueueUrl: nowhere });
  onlyFaults(
    t,
    queue,
    /^fail arrivals corpus: the live queue \(.*nowhere\) receives no events of new objects, arn:.*:live does/,
    /^fail live setup: The queue .*nowhere does not exist/,
    /^fail queues: .*nowhere/,
  );
});

testWithDynamo('a permission that lacks is named', async (t) => {
  const { check, lambda, services } = await startSoundAws(t);
  lambda.denied = ['GetAccountSettings', 'GetFunctionConfiguration'];
  onlyFaults(
    t,
    await check(),
    /^fail batcher: The function batcher was refused: the role needs lambda:GetFunctionConfiguration/,
    /^fail concurrency: Lambda was refused: the role needs lambda:GetAccountSettings/,
  );
  lambda.denied = ['ListEventSourceMappings'];
  onlyFaults(
    t,
    await check(),
    /^warn live setup: .*are not known: .*lambda:ListEventSourceMappings/,
    /^warn retro setup: .*lambda:ListEventSourceMappings/,
    /^warn preview setup: .*lambda:ListEventSourceMappings/,
  );
  lambda.denied = [];
  const { endpoints } = services;
  const sqs = await refusing(t, endpoints.sqs, (action) =>
    action === 'GetQueueAttributes' ? sqsFailure(403, 'AccessDeniedException') : null,
  );
  onlyFaults(
    t,
    await check({}, { sqs }),
    /^fail live setup: .*the role needs sqs:GetQueueAttributes/,
    /^fail retro setup: .*the role needs sqs:GetQueueAttributes/,
    /^fail preview setup: .*the role needs sqs:GetQueueAttributes/,
    /^fail queues: .*sqs:GetQueueAttributes/,
  );
  const sns = await refusing(t, endpoints.sns, (action) =>
    action === 'GetTopicAttributes' ? snsFailure(403, 'AuthorizationError') : null,
  );
  onlyFaults(t, await check({}, { sns }), /^fail alerts: .*the role needs sns:GetTopicAttributes/);
  const denied = JSON.stringify({ __type: 'com.amazon.coral.service#AccessDeniedException', message: 'no' });
  const headers = { 'content-type': 'application/x-amz-json-1.0' };
  const dynamo = await refusing(t, endpoints.dynamo, (action) =>
    action === 'DescribeTable' ? { status: 400, headers, body: denied } : null,
  );
  const describe = (name: string) => new RegExp(`^fail table ${name}: .*the role needs dynamodb:DescribeTable`);
  onlyFaults(t, await check({}, { dynamo }), ...['objects', 'scans', 'matches'].map(describe));
  const s3 = await startHttpServer(t, async () => ({
    ...{ status: 403, headers: { 'content-type': 'application/xml' } },
    body: '<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>',
  }));
  onlyFaults(
    t,
    await check({}, { s3 }),
    /^fail corpus corpus: .*the role needs s3:ListBucketVersions/,
    /^fail artifacts artifacts: .*the role needs s3:ListBucket /,
    /^fail ruleset: .*access was denied.*s3:GetObject/,
  );
});

test.serial('each missing or wrong setting has its own line, and checks that need it do not query AWS', async (t) => {
  const cli = await createTestCli(t);
  const before = { ...process.env };
  t.teardown(() => {
    process.env = before;
  });
  const nowhere = { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'x' };
  useEnvironment(t, { ...nowhere, AWS_ENDPOINT_URL_STS: 'http://127.0.0.1:1', AWS_MAX_ATTEMPTS: '1' });
  const env = { REARVIEW_CORPUS_BUCKETS: 'corpus', REARVIEW_LIVE_QUEUE_URL: 'no url' };
  const { code, lines } = await cli.runWith({ env }, 'doctor', '--target', 'aws', '--json');
  t.is(code, 1);
  const settings = lines.filter(({ check }) => check === 'settings').map(({ detail }) => String(detail));
  t.true(settings.length > 5);
  t.true(settings.some((each) => /^REARVIEW_LIVE_QUEUE_URL .*must be a URL/.test(each)));
  t.true(settings.some((each) => /^REARVIEW_OBJECTS_TABLE .*is missing/.test(each)));
  t.regex(settings.at(-1) ?? '', /--stack-outputs/);
  t.like(lines.at(-1), { check: 'credentials', status: 'warn' });
  t.is(lines.length, settings.length + 3);
});
