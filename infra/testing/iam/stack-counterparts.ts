import * as pulumi from '@pulumi/pulumi';
import { emulatedKeyArn } from '../../../src/testing/aws/kms-server.ts';
import type { Counterpart, Counterparts } from '../../../src/testing/aws-calls/counterparts.ts';
import type { StackContext } from '../../context.ts';
import type { FunctionHandles, QueueHandle, QueueHandles, StorageHandles, TopicHandles } from '../../handles.ts';

export interface StackParts {
  readonly storage: StorageHandles;
  readonly queues: QueueHandles;
  readonly topics: TopicHandles;
  /** The batcher is the invoked function; the log groups of all are known. */
  readonly functions: Pick<FunctionHandles, 'batcher'> & Partial<FunctionHandles>;
}

/** Names of roles, by their signer in the emulated pipeline. */
const roles: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ['live-analyzer', 'retro-analyzer', 'batcher', 'scan-finisher', 'redrive', 'collector'].map((name) => [name, name]),
  ),
  publish: 'github-publish',
  rollback: 'github-rollback',
  preview: 'github-preview',
};

/**
 * The stack's counterparts of the emulated pipeline's resources (src/testing/aws/aws-services.ts),
 * from its own handles. Call it within a recorded program.
 *
 * @param bucketKeys whether S3 uses keys by bucket, according to its `BucketKeyEnabled`
 */
export function stackCounterparts(
  { account, region, names }: StackContext,
  { storage, queues, topics, functions }: StackParts,
  { bucketKeys }: { readonly bucketKeys: boolean },
): Promise<Counterparts> {
  const { stateKeyArn, tables, corpus, artifacts, quarantine, inventories } = storage;
  const buckets = { corpus, artifacts, jail: quarantine, inventories };
  const ofState = (arn: pulumi.Output<string>) => ({ arn, keyArn: stateKeyArn });
  const pair = (name: string, { arn, deadLetterArn }: QueueHandle) => ({
    [name]: ofState(arn),
    [`${name}-dead`]: ofState(deadLetterArn),
  });
  const parts = pulumi.output({
    buckets: Object.entries(buckets).flatMap(([name, bucket]) =>
      bucket === null ? [] : [{ name, arn: bucket.arn, keyArn: bucket.keyArn }],
    ),
    tables: {
      objects: ofState(tables.objects.arn),
      scans: ofState(tables.scans.arn),
      matches: ofState(tables.matches.arn),
    },
    queues: {
      ...{ ...pair('live', queues.live), ...pair('retro', queues.retro), ...pair('preview', queues.preview) },
      failures: ofState(queues.failures.arn),
    },
    keys: { [emulatedKeyArn]: storage.signingKey.arn },
    topics: {
      alerts: ofState(topics.alertsArn),
      operations: ofState(topics.operationsArn),
      ...(topics.cleanArn === null ? {} : { clean: ofState(topics.cleanArn) }),
    },
    functions: { batcher: functions.batcher.aliasArn, 'batcher:preview': functions.batcher.previewAliasArn },
    logGroups: Object.fromEntries(Object.entries(functions).map(([name, { logGroupName }]) => [name, logGroupName])),
  });
  return resolved(
    parts.apply((all): Counterparts => {
      const byName = all.buckets.map(({ name, arn, keyArn }): [string, Counterpart] => [
        name,
        { arn, keyArn, bucketKey: bucketKeys },
      ]);
      return {
        ...{
          account,
          region,
          tables: all.tables,
          queues: all.queues,
          topics: all.topics,
          keys: all.keys,
          functions: all.functions,
        },
        logGroups: all.logGroups,
        buckets: Object.fromEntries(byName),
        roles: Object.fromEntries(
          Object.entries(roles).map(([caller, part]) => [caller, `arn:aws:iam::${account}:role/${names.of(part)}`]),
        ),
      };
    }),
  );
}

/** The value of an output within a recorded program, where all of them have one. */
export function resolved<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => {
    output.apply(resolve);
  });
}
