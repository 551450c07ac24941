import type { Output } from '@pulumi/pulumi';
import { interpolate } from '@pulumi/pulumi';
import type { Statement } from '../handles.ts';

/**
 * Denies any other encryption than the bucket's. A request without encryption settings gets the
 * bucket's. One with AES-256, AWS's own key, or any other key is refused, because the analyzers
 * could not read the object. A customer-provided key (SSE-C) is refused both here and by the
 * bucket's own setting.
 *
 * A negated condition is also true for a missing key, so the second statement refuses `aws:kms`
 * without a key.
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
