import type { Output } from '@pulumi/pulumi';
import { interpolate } from '@pulumi/pulumi';
import type { Statement } from '../handles.ts';

/**
 * Nobody chooses another encryption than the bucket's. A request that names none gets the bucket's; one that names AES-256, AWS's own key, or any
 * other key is refused: the analyzers could not read what lies under a key that they have no right to. So is a key that the uploader keeps (SSE-C), here
 * as well as by the bucket's own setting.
 *
 * A negated condition holds for what a request lacks as well, so the second refuses `aws:kms` without a key.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
export function encryptionStatements(bucketArn: Output<string>, keyArn: Output<string>): readonly Statement[] {
  return [
    {
      Sid: 'NoOtherEncryption',
      Effect: 'Deny',
      Principal: '*',
      Action: 's3:PutObject',
      Resource: interpolate`${bucketArn}/*`,
      Condition: {
        Null: { 's3:x-amz-server-side-encryption': 'false' },
        StringNotEquals: { 's3:x-amz-server-side-encryption-aws-kms-key-id': keyArn },
      },
    },
    {
      Sid: 'NoKeyOfTheUploader',
      Effect: 'Deny',
      Principal: '*',
      Action: 's3:PutObject',
      Resource: interpolate`${bucketArn}/*`,
      Condition: { Null: { 's3:x-amz-server-side-encryption-customer-algorithm': 'false' } },
    },
  ];
}
