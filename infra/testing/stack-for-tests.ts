import * as pulumi from '@pulumi/pulumi';
import { readConfig } from '../config/read-config.ts';
import type { StackContext } from '../context.ts';
import type {
  BucketHandle,
  FunctionHandle,
  FunctionHandles,
  QueueHandle,
  QueueHandles,
  StorageHandles,
  TopicHandles,
} from '../handles.ts';
import { namesOf } from '../names.ts';
import { stackTag } from '../stack-tag.ts';
import { testAccount, testRegion } from './test-account.ts';

/** The context of a stack in the account of the tests, with this configuration; the rest of it is the defaults. */
export function contextFor(stack: string, config: Readonly<Record<string, unknown>> = {}): StackContext {
  const texts = Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)]),
  );
  const read = readConfig(texts, `Pulumi.${stack}.yaml`);
  const names = namesOf({ prefix: read.namePrefix, stack, account: testAccount, region: testRegion });
  return {
    ...{ config: read, names, stack, account: testAccount, region: testRegion, partition: 'aws' },
    tags: { ...read.tags, [stackTag]: names.base },
  };
}

/** All parts of a stack as others see them, with the names that they would have; to be asked for within a recorded program. */
export function partsFor({ names, config }: StackContext) {
  const arn = (service: string, rest: string) =>
    pulumi.output(`arn:aws:${service}:${testRegion}:${testAccount}:${rest}`);
  const bucket = (part: string): BucketHandle => ({
    name: pulumi.output(names.bucket(part)),
    arn: pulumi.output(`arn:aws:s3:::${names.bucket(part)}`),
    keyArn: null,
  });
  const table = (part: string) => ({
    name: pulumi.output(names.of(part)),
    arn: arn('dynamodb', `table/${names.of(part)}`),
  });
  const address = (part: string) => ({
    name: pulumi.output(names.of(part)),
    url: pulumi.output(`https://sqs.${testRegion}.amazonaws.com/${testAccount}/${names.of(part)}`),
    arn: arn('sqs', names.of(part)),
  });
  const queue = (part: string): QueueHandle => {
    const dead = address(`${part}-dead-letters`);
    return { ...address(part), deadLetterName: dead.name, deadLetterUrl: dead.url, deadLetterArn: dead.arn };
  };
  const lambda = (part: string): FunctionHandle => ({
    name: pulumi.output(names.of(part)),
    aliasArn: arn('lambda', `function:${names.of(part)}:live`),
    logGroupName: pulumi.output(`/aws/lambda/${names.of(part)}`),
    timeoutSeconds: 120,
  });
  const storage: StorageHandles = {
    ...{ corpus: bucket('corpus'), artifacts: bucket('artifacts'), quarantine: null, inventories: null, existing: [] },
    tables: { objects: table('objects'), scans: table('scans'), matches: table('matches') },
    ...{ stateKeyArn: arn('kms', 'key/state'), corpusKeyArn: arn('kms', 'key/corpus') },
  };
  const queues: QueueHandles = { live: queue('live'), retro: queue('retro'), failures: address('failures') };
  const topics: TopicHandles = {
    alertsArn: arn('sns', names.of('alerts')),
    cleanArn: config.cleanNotices ? arn('sns', names.of('clean')) : null,
    operationsArn: arn('sns', names.of('operations')),
    undelivered: config.subscriptions.length > 0 ? address('undelivered') : null,
  };
  const functions: FunctionHandles = {
    'live-analyzer': lambda('live-analyzer'),
    'retro-analyzer': lambda('retro-analyzer'),
    batcher: { ...lambda('batcher'), previewAliasArn: arn('lambda', `function:${names.of('batcher')}:preview`) },
    'scan-finisher': lambda('scan-finisher'),
    redrive: lambda('redrive'),
  };
  return { storage, queues, topics, functions };
}
