import * as pulumi from '@pulumi/pulumi';
import { tables } from '../../src/adapters/aws/dynamodb/tables.ts';
import { readConfig } from '../config/read-config.ts';
import type { StackContext } from '../context.ts';
import type { BucketHandle, QueueHandle, QueueHandles, StorageHandles, TopicHandles } from '../handles.ts';
import { namesOf } from '../names.ts';
import { testAccount, testRegion } from './test-account.ts';

/** By key, as `recordProgram` takes it. */
export type SampleConfig = Readonly<Record<string, unknown>>;

const arn = (service: string, rest: string) => `arn:aws:${service}:${testRegion}:${testAccount}:${rest}`;

/** A context as the program makes it of its configuration. */
export function sampleContext(config: SampleConfig = {}, stack = 'prod'): StackContext {
  const place = { account: testAccount, region: testRegion };
  const texts = Object.entries(config).map(([key, value]) => [key, JSON.stringify(value)]);
  const read = readConfig(Object.fromEntries(texts), 'Pulumi.test.yaml');
  return {
    config: read,
    names: namesOf({ prefix: read.namePrefix, stack, ...place }),
    ...{ stack, ...place, partition: 'aws' },
    tags: { 'rearview:stack': stack, ...read.tags },
  };
}

export interface SampleParts {
  readonly storage: StorageHandles;
  readonly queues: QueueHandles;
  readonly topics: TopicHandles;
}

/** What other parts of the stack hand to one, as they would be configured; to be asked for within a recorded program. */
export function sampleParts({ config, names }: StackContext): SampleParts {
  const stateKeyArn = pulumi.output(arn('kms', `key/${names.of('state')}`));
  const corpusKeyArn = pulumi.output(arn('kms', `key/${names.of('corpus')}`));
  const bucket = (part: string, keyArn: pulumi.Output<string> | null): BucketHandle => ({
    name: pulumi.output(names.bucket(part)),
    arn: pulumi.output(`arn:aws:s3:::${names.bucket(part)}`),
    keyArn,
  });
  const table = (name: string) => ({
    name: pulumi.output(names.of(name)),
    arn: pulumi.output(arn('dynamodb', `table/${names.of(name)}`)),
  });
  const address = (name: string) => ({
    name: pulumi.output(names.of(name)),
    url: pulumi.output(`https://sqs.${testRegion}.amazonaws.com/${testAccount}/${names.of(name)}`),
    arn: pulumi.output(arn('sqs', names.of(name))),
  });
  const queue = (name: string): QueueHandle => {
    const dead = address(`${name}-dead`);
    return { ...address(name), deadLetterName: dead.name, deadLetterUrl: dead.url, deadLetterArn: dead.arn };
  };
  const { severities, move } = config.quarantine;
  return {
    storage: {
      corpus: bucket('corpus', corpusKeyArn),
      artifacts: bucket('artifacts', stateKeyArn),
      quarantine: severities.length > 0 && move ? bucket('quarantine', corpusKeyArn) : null,
      inventories: config.corpus.inventory === 'off' ? null : bucket('inventories', stateKeyArn),
      existing: config.existingBuckets.map(({ name, prefix, kmsKeyArn, account }) => ({
        name: pulumi.output(name),
        arn: pulumi.output(`arn:aws:s3:::${name}`),
        keyArn: kmsKeyArn === null ? null : pulumi.output(kmsKeyArn),
        prefix,
        account: account ?? testAccount,
      })),
      tables: {
        objects: table(tables.objects.name),
        scans: table(tables.scans.name),
        matches: table(tables.matches.name),
      },
      stateKeyArn,
      corpusKeyArn,
    },
    queues: { live: queue('live'), retro: queue('retro'), failures: address('failures') },
    topics: {
      alertsArn: pulumi.output(arn('sns', names.of('alerts'))),
      cleanArn: config.cleanNotices ? pulumi.output(arn('sns', names.of('clean'))) : null,
      operationsArn: pulumi.output(arn('sns', names.of('operations'))),
      undelivered: null,
    },
  };
}
