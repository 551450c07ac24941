import * as pulumi from '@pulumi/pulumi';
import { viaService } from './arns.ts';
import type { StackContext } from './context.ts';
import type { BucketHandle, Statement } from './handles.ts';

/**
 * Allows the use of a bucket's key through S3 for its objects only: buckets may share a key. S3
 * names the bucket in the encryption context if it uses a key for each bucket, and the object
 * otherwise. Empty if the bucket has no key.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html#bucket-key-changes
 */
export function useOfBucketKey(
  context: StackContext,
  sid: string,
  { arn, keyArn }: Pick<BucketHandle, 'arn' | 'keyArn'>,
  actions: readonly string[],
): readonly Statement[] {
  if (keyArn === null) return [];
  return [
    {
      ...{ Sid: sid, Effect: 'Allow', Action: actions, Resource: keyArn },
      Condition: {
        StringEquals: { 'kms:ViaService': viaService(context, 's3') },
        StringLike: { 'kms:EncryptionContext:aws:s3:arn': [arn, pulumi.interpolate`${arn}/*`] },
      },
    },
  ];
}
