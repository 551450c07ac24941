import * as pulumi from '@pulumi/pulumi';
import { tables } from '../../src/adapters/aws/dynamodb/tables.ts';
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
import { testAccount, testRegion } from './test-account.ts';
import { testPublicKey } from './test-public-key.ts';

/** By key, as in `recordProgram`. */
export type SampleConfig = Readonly<Record<string, unknown>>;

const arn = (service: string, rest: string) => `arn:aws:${service}:${testRegion}:${testAccount}:${rest}`;

export interface SampleParts {
  readonly storage: StorageHandles;
  readonly queues: QueueHandles;
  readonly topics: TopicHandles;
  readonly functions: FunctionHandles;
}

/** Handles of other parts of the stack, as configured; call it within a recorded program. */
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
    const dead = address(`${name}-dead-letters`);
    return { ...address(name), deadLetterName: dead.name, deadLetterUrl: dead.url, deadLetterArn: dead.arn };
  };
  const lambda = (name: string): FunctionHandle => ({
    name: pulumi.output(names.of(name)),
    aliasArn: pulumi.output(arn('lambda', `function:${names.of(name)}:live`)),
    logGroupName: pulumi.output(`/aws/lambda/${names.of(name)}`),
    timeoutSeconds: 120,
  });
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
      signingKey: {
        arn: pulumi.output(arn('kms', `key/${names.of('rulesets')}`)),
        publicKey: pulumi.output(testPublicKey),
      },
    },
    queues: { live: queue('live'), retro: queue('retro'), preview: queue('preview'), failures: address('failures') },
    topics: {
      alertsArn: pulumi.output(arn('sns', names.of('alerts'))),
      cleanArn: config.cleanNotices ? pulumi.output(arn('sns', names.of('clean'))) : null,
      operationsArn: pulumi.output(arn('sns', names.of('operations'))),
      undelivered: config.subscriptions.length > 0 ? address('undelivered') : null,
    },
    functions: {
      'live-analyzer': lambda('live-analyzer'),
      'retro-analyzer': lambda('retro-analyzer'),
      batcher: {
        ...lambda('batcher'),
        previewAliasArn: pulumi.output(arn('lambda', `function:${names.of('batcher')}:preview`)),
      },
      'scan-finisher': lambda('scan-finisher'),
      redrive: lambda('redrive'),
    },
  };
}
