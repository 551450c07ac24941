import type { Output } from '@pulumi/pulumi';
import { interpolate } from '@pulumi/pulumi';
import type { Statement } from '../handles.ts';

/**
 * Objects below a prefix are written once and stay: no caller replaces or deletes them. A user who
 * may change the policy of the bucket can remove this, as `pulumi destroy` does when it removes the
 * policy before the bucket.
 *
 * Only requests that complete an object have `If-None-Match`: those that start a multipart upload,
 * and upload the parts, are allowed. Deleting is denied completely, because S3 treats a key below a
 * delete marker as free.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html
 */
export function writeOnce(bucketArn: Output<string>, prefix: string): readonly Statement[] {
  const objects = { Effect: 'Deny', Principal: '*', Resource: interpolate`${bucketArn}/${prefix}*` } as const;
  return [
    {
      Sid: 'NobodyReplacesRulesets',
      ...objects,
      Action: 's3:PutObject',
      Condition: {
        Null: { 's3:if-none-match': 'true' },
        Bool: { 's3:ObjectCreationOperation': 'true' },
      },
    },
    { Sid: 'NobodyDeletesRulesets', ...objects, Action: ['s3:DeleteObject', 's3:DeleteObjectVersion'] },
  ];
}
