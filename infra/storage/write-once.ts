import type { Output } from '@pulumi/pulumi';
import { interpolate } from '@pulumi/pulumi';
import type { Statement } from '../handles.ts';

/**
 * What lies below a prefix is written once and stays: nobody replaces it, nobody deletes it. Whoever may change the policy of the bucket may lift
 * that, as `pulumi destroy` does when it takes the policy away before the bucket.
 *
 * Only requests that complete an object carry `If-None-Match`: those that begin an upload in parts, and bring the parts, are let through. Deleting is
 * denied as a whole, as S3 takes a key below a delete marker for free.
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
