import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { type AwsSettingName, awsSettings } from '../../targets/aws/aws-settings.ts';
import { createTestCli } from '../../testing/cli/run-cli.ts';
import { useEnvironment } from '../../testing/use-environment.ts';
import { openAws } from './open-aws.ts';

const queueUrl = 'https://sqs.invalid/1/queue';
const values: Partial<Record<AwsSettingName, string>> = {
  ...{ corpusBuckets: 'corpus,mail', artifactsBucket: 'artifacts', alertTopicArn: 'topic', batcherFunction: 'batcher' },
  ...{ objectsTable: 'o', scansTable: 's', matchesTable: 'm' },
  ...{ liveQueueUrl: queueUrl, liveDeadLetterUrl: queueUrl, retroQueueUrl: queueUrl, retroDeadLetterUrl: queueUrl },
  ...{ previewQueueUrl: queueUrl, previewDeadLetterUrl: queueUrl },
};
const outputs = { ...values, region: 'eu-central-1' };
const noIdentity = {
  ...{ AWS_REGION: '', AWS_DEFAULT_REGION: '', AWS_PROFILE: '', AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' },
  ...{
    AWS_CONFIG_FILE: '/nonexistent',
    AWS_SHARED_CREDENTIALS_FILE: '/nonexistent',
    AWS_EC2_METADATA_DISABLED: 'true',
  },
};
const credentials = { AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'x' };

async function prepare(t: ExecutionContext, env: Readonly<Record<string, string>>) {
  useEnvironment(t, { ...noIdentity, ...env });
  const cli = await createTestCli(t);
  const { region: _, ...withoutRegion } = outputs;
  await cli.write({ 'outputs.json': JSON.stringify(outputs), 'old.json': JSON.stringify(withoutRegion), 'a.txt': 'a' });
  return cli;
}

const commands = [
  ['queue', 'status'],
  ['retro', 'list'],
  ['matches', 'list'],
  ['upload', 'a.txt'],
  ['buckets', 'list'],
  ['live-test'],
];
for (const command of commands) {
  test.serial(`a missing region or credential is an error of the configuration: ${command.join(' ')}`, async (t) => {
    const cli = await prepare(t, {});
    const noRegion = await cli.run('--stack-outputs', 'old.json', ...command);
    t.is(noRegion.code, 2, noRegion.stderr);
    t.regex(noRegion.stderr, /ERR_CONFIG.*Cannot find a region of AWS: .*Set AWS_REGION, or pass --stack-outputs/s);
    const noCredentials = await cli.run('--stack-outputs', 'outputs.json', ...command);
    t.is(noCredentials.code, 2, noCredentials.stderr);
    t.regex(noCredentials.stderr, /ERR_CONFIG.*Cannot find credentials for AWS: .*Set AWS_PROFILE/s);
  });
}

test.serial('clients use the region of the outputs, also where another is set', async (t) => {
  const cli = await prepare(t, { ...credentials, AWS_REGION: 'us-west-2' });
  const globals = {
    ...{
      target: 'aws' as const,
      env: {},
      stateDir: cli.dir,
      rulesDir: cli.dir,
      testsDir: cli.dir,
      isRulesDirGiven: false,
    },
  };
  const open = (file: string) => openAws({ ...globals, stackOutputs: join(cli.dir, file) });
  const target = await open('outputs.json');
  t.teardown(() => target.close());
  const { s3, sqs, dynamo, sns, lambda } = target.clients;
  for (const client of [s3, sqs, dynamo, sns, lambda]) t.is(await client.config.region(), 'eu-central-1');
  const old = await open('old.json');
  t.teardown(() => old.close());
  t.is(await old.clients.s3.config.region(), 'us-west-2');
});

test.serial('--stack-outputs implies --target aws, and contradicts --target local', async (t) => {
  const cli = await prepare(t, credentials);
  await cli.write({ 'part.json': '{"corpusBuckets": "a"}' });
  const implied = await cli.run('--stack-outputs', 'part.json', 'queue', 'status');
  t.is(implied.code, 2);
  t.true(implied.stderr.includes(awsSettings.scansTable), implied.stderr);
  const contradiction = await cli.run('--target', 'local', '--stack-outputs', 'part.json', 'queue', 'status');
  t.is(contradiction.code, 2);
  t.regex(contradiction.stderr, /ERR_USAGE.*--stack-outputs is for --target aws/);
});
