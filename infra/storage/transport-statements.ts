import type { Output } from '@pulumi/pulumi';
import { interpolate } from '@pulumi/pulumi';
import type { Statement } from '../handles.ts';

/**
 * Denies access to the bucket without TLS of at least version 1.2.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html
 */
export function transportStatements(bucketArn: Output<string>): readonly Statement[] {
  const everything = {
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:*',
    Resource: [bucketArn, interpolate`${bucketArn}/*`],
  } as const;
  return [
    { Sid: 'NothingWithoutTls', ...everything, Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
    { Sid: 'NothingByOldTls', ...everything, Condition: { NumericLessThan: { 's3:TlsVersion': '1.2' } } },
  ];
}
