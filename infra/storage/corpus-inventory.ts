import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import type { StackContext } from '../context.ts';
import type { BucketHandle } from '../handles.ts';
import { expireAfter, tidyRules } from './lifecycle.ts';
import { PrivateBucket } from './private-bucket.ts';

/** A retro scan takes the latest, and none runs for a month. */
const keptDays = 30;
/** Stands in the keys of the inventories: `<corpus bucket>/all/2026-01-31T01-00Z/manifest.json`. */
const inventoryName = 'all';

/**
 * Lists the corpus every day or week, for retro scans that list it instead of the bucket (docs/reference/aws.md, "Listing from S3 Inventory"). It writes to a
 * bucket of its own, which is not scanned; what lies there can be made again, so it is never protected.
 */
export class CorpusInventory extends pulumi.ComponentResource {
  readonly bucket: BucketHandle;

  constructor(
    context: StackContext,
    { corpus, frequency }: { readonly corpus: PrivateBucket; readonly frequency: 'daily' | 'weekly' },
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super('rearview:storage:CorpusInventory', 'corpus-inventory', {}, opts);
    const inventories = new PrivateBucket(
      context,
      {
        part: 'inventories',
        keyArn: corpus.keyArn,
        versioned: false,
        isData: false,
        lifecycle: [...tidyRules, expireAfter('', keptDays)],
        statements: (arn) => [
          // https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-bucket-policies.html#example-bucket-policies-s3-inventory-1
          {
            Sid: 'InventoriesAreWritten',
            Effect: 'Allow',
            Principal: { Service: 's3.amazonaws.com' },
            Action: 's3:PutObject',
            Resource: pulumi.interpolate`${arn}/*`,
            Condition: {
              StringEquals: { 'aws:SourceAccount': context.account },
              ArnEquals: { 'aws:SourceArn': corpus.arn },
            },
          },
        ],
      },
      { parent: this },
    );
    new aws.s3.Inventory(
      'corpus-inventory',
      {
        bucket: corpus.name,
        name: inventoryName,
        schedule: { frequency: frequency === 'daily' ? 'Daily' : 'Weekly' },
        includedObjectVersions: 'All',
        // What the code asks of an inventory, and no more: src/adapters/aws/s3/inventory/manifest.ts.
        optionalFields: ['Size', 'LastModifiedDate', 'ETag'],
        destination: {
          bucket: {
            bucketArn: inventories.arn,
            accountId: context.account,
            // Keys as they are, and only the columns that are needed are decoded.
            format: 'Parquet',
            ...(corpus.keyArn === null ? {} : { encryption: { sseKms: { keyId: corpus.keyArn } } }),
          },
        },
      },
      { parent: this, dependsOn: [inventories.policy] },
    );
    this.bucket = inventories;
    this.registerOutputs({});
  }
}
