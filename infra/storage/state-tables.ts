import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { partitionKey, sortKey, type TableDefinition, tables } from '../../src/adapters/aws/dynamodb/tables.ts';
import type { StackContext } from '../context.ts';
import type { StorageHandles, TableHandle } from '../handles.ts';

/**
 * The tables, as the code defines them: on demand, encrypted, and restorable to any second of the
 * last 35 days.
 */
export class StateTables extends pulumi.ComponentResource {
  readonly tables: StorageHandles['tables'];

  constructor(
    context: StackContext,
    { keyArn }: { readonly keyArn: pulumi.Output<string> },
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super('rearview:storage:StateTables', 'state-tables', {}, opts);
    const create = (definition: TableDefinition): TableHandle => {
      const { name, arn } = new aws.dynamodb.Table(
        `${definition.name}-table`,
        {
          name: context.names.of(definition.name),
          billingMode: 'PAY_PER_REQUEST',
          hashKey: partitionKey,
          rangeKey: sortKey,
          attributes: keyAttributes(definition).map((key) => ({ name: key, type: 'S' })),
          globalSecondaryIndexes: definition.indexes.map((index) => ({
            name: index.name,
            keySchemas: [
              { attributeName: index.partitionKey, keyType: 'HASH' },
              { attributeName: index.sortKey, keyType: 'RANGE' },
            ],
            projectionType: 'KEYS_ONLY',
          })),
          ...(definition.expiryAttribute === undefined
            ? {}
            : { ttl: { attributeName: definition.expiryAttribute, enabled: true } }),
          pointInTimeRecovery: { enabled: true },
          serverSideEncryption: { enabled: true, kmsKeyArn: keyArn },
          deletionProtectionEnabled: context.config.protect,
          tags: context.tags,
        },
        { parent: this, protect: context.config.protect },
      );
      return { name, arn };
    };
    this.tables = {
      objects: create(tables.objects),
      scans: create(tables.scans),
      matches: create(tables.matches),
    };
    this.registerOutputs({});
  }
}

/** DynamoDB requires a definition of exactly the attributes that are keys, each once. */
function keyAttributes({ indexes }: TableDefinition): readonly string[] {
  return [...new Set([partitionKey, sortKey, ...indexes.flatMap((index) => [index.partitionKey, index.sortKey])])];
}
