import * as pulumi from '@pulumi/pulumi';
import type { ExistingBucket } from '../config/schema.ts';
import type { StackContext } from '../context.ts';
import type { ExistingBucketHandle } from '../handles.ts';

/** The account that owns a bucket: this one, unless the configuration names another. */
export function ownerOf({ account }: Pick<ExistingBucket, 'account'>, context: Pick<StackContext, 'account'>): string {
  return account ?? context.account;
}

/** Configured buckets that exist already. The stack creates nothing for them. */
export function existingBuckets(context: StackContext): readonly ExistingBucketHandle[] {
  return context.config.existingBuckets.map((bucket) => ({
    name: pulumi.output(bucket.name),
    arn: pulumi.output(`arn:${context.partition}:s3:::${bucket.name}`),
    keyArn: bucket.kmsKeyArn === null ? null : pulumi.output(bucket.kmsKeyArn),
    prefix: bucket.prefix,
    account: ownerOf(bucket, context),
  }));
}
