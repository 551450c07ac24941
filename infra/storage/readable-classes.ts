import type { Output } from '@pulumi/pulumi';
import { interpolate } from '@pulumi/pulumi';
import type { Statement } from '../handles.ts';

/**
 * Storage classes whose objects can be read at once. An object in any other, such as GLACIER and
 * DEEP_ARCHIVE, arrives and cannot be scanned. REDUCED_REDUNDANCY can be read, and is left out
 * because S3 may lose its objects. A future class is refused until it is listed here.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-class-intro.html
 */
export const readableClasses = ['STANDARD', 'STANDARD_IA', 'ONEZONE_IA', 'INTELLIGENT_TIERING', 'GLACIER_IR'] as const;

/**
 * The condition key for the class in a request: PutObject, CopyObject, and the start of a multipart
 * upload.
 */
export const classKey = 's3:x-amz-storage-class';

/**
 * Denies every caller to put an object in a class that cannot be read: whole, as a copy, in parts
 * or by a form. A request without a class gets STANDARD. Requests for parts and their completion
 * have no class: the first request of the upload sets it.
 *
 * A negated condition is also true for a missing key, hence the first. Objects that lifecycle rules
 * move later were scanned on arrival.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html#amazons3-policy-keys
 */
export function readableClassesOnly(bucketArn: Output<string>): readonly Statement[] {
  return [
    {
      Sid: 'NoClassThatCannotBeRead',
      Effect: 'Deny',
      Principal: '*',
      Action: 's3:PutObject',
      Resource: interpolate`${bucketArn}/*`,
      Condition: { Null: { [classKey]: 'false' }, StringNotEquals: { [classKey]: readableClasses } },
    },
  ];
}
