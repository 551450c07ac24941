import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import type { StackContext } from '../context.ts';
import type { BucketHandle } from '../handles.ts';
import { expireAfter, tidyRules } from './lifecycle.ts';
import { PrivateBucket } from './private-bucket.ts';

/** A retro scan uses the latest, and none runs for a month. */
const keptDays = 30;
/** Part of the keys of the inventories: `<corpus bucket>/all/2026-01-31T01-00Z/manifest.json`. */
const inventoryName = 'all';

/**
 * Lists the corpus every day or week, for retro scans that use it instead of listing the bucket
 * (docs/reference/aws.md, "Listing from S3 Inventory"). It writes to a separate bucket, which is not scanned
 * and never protected, because its content can be created again.
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
        // Exactly the fields that the code needs: src/adapters/aws/s3/inventory/manifest.ts.
        optionalFields: ['Size', 'LastModifiedDate', 'ETag'],
        destination: {
          bucket: {
            bucketArn: inventories.arn,
            accountId: context.account,
            // Keys are not encoded, and only the needed columns are decoded.
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
