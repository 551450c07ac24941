import type { Input } from '@pulumi/pulumi';
import { viaService } from '../arns.ts';
import { useOfBucketKey } from '../bucket-key.ts';
import type { StackContext } from '../context.ts';
import type { Statement } from '../handles.ts';
import type { RoleResources } from './role-resources.ts';

const decrypt = 'kms:Decrypt';
const encrypt = 'kms:GenerateDataKey';

type Service = 's3' | 'sqs' | 'sns' | 'dynamodb';

/**
 * The key of tables, queues and topics, only through those services: no principal decrypts
 * directly.
 */
export function stateKey(
  { context, storage }: RoleResources,
  services: readonly Exclude<Service, 's3'>[],
): readonly Statement[] {
  return [useOfKey(context, 'StateKey', { key: storage.stateKeyArn, actions: [decrypt, encrypt], services })];
}

/** For rulesets, which are read, and for alerts and rulesets that are put. */
export function artifactsKey({ context, storage }: RoleResources): readonly Statement[] {
  return useOfBucketKey(context, 'ArtifactsKey', storage.artifacts, [decrypt, encrypt]);
}

/** For objects that are read; for the quarantine bucket, if they are moved to it. */
export function corpusKeys({ context, storage }: RoleResources): readonly Statement[] {
  const { corpus, existing, quarantine } = storage;
  const keys = existing.flatMap(({ keyArn }) => keyArn ?? []);
  return [
    ...useOfBucketKey(context, 'CorpusKey', corpus, [decrypt]),
    ...(keys.length === 0
      ? []
      : [useOfKey(context, 'ExistingKeys', { key: keys, actions: [decrypt], services: ['s3'] })]),
    ...(quarantine === null || context.config.quarantine.severities.length === 0
      ? []
      : useOfBucketKey(context, 'QuarantineKey', quarantine, [decrypt, encrypt])),
  ];
}

export function inventoriesKey({ context, storage: { inventories } }: RoleResources): readonly Statement[] {
  return inventories === null ? [] : useOfBucketKey(context, 'InventoriesKey', inventories, [decrypt]);
}

function useOfKey(
  context: StackContext,
  sid: string,
  use: {
    readonly key: Input<string> | readonly Input<string>[];
    readonly actions: readonly string[];
    readonly services: readonly Service[];
  },
): Statement {
  return {
    Sid: sid,
    Effect: 'Allow',
    Action: use.actions,
    Resource: use.key,
    Condition: { StringEquals: { 'kms:ViaService': use.services.map((each) => viaService(context, each)) } },
  };
}
