import type { Output } from '@pulumi/pulumi';
import { interpolate } from '@pulumi/pulumi';
import type { Statement } from '../handles.ts';

/**
 * Storage classes whose objects can be read at once. An object in any other, GLACIER and DEEP_ARCHIVE among them, arrives and cannot be scanned;
 * REDUCED_REDUNDANCY can be read, and is left out since S3 may lose what is in it. A class that S3 offers one day is refused until it is listed here.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-class-intro.html
 */
export const readableClasses = ['STANDARD', 'STANDARD_IA', 'ONEZONE_IA', 'INTELLIGENT_TIERING', 'GLACIER_IR'] as const;

/** The key of conditions for the class that a request names: of PutObject, CopyObject, and what begins an upload in parts. */
export const classKey = 's3:x-amz-storage-class';

/**
 * Nobody puts an object where it cannot be read, whatever else they may do: whether whole, as a copy, in parts or by a form. A request that names no class
 * gets STANDARD. Parts, and what completes them, name none: the class is fixed by the request that began the upload.
 *
 * A negated condition also holds for what a request lacks, hence the first. What lifecycle rules move later has been scanned when it arrived.
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
