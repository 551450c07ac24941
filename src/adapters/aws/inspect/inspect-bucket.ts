import {
  GetBucketVersioningCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { type Answer, ask, askIfAllowed } from '../ask.ts';
import { orElsewhere } from '../s3/bucket-elsewhere.ts';
import { statusOf } from '../s3/s3-errors.ts';

export interface BucketFacts {
  /** `Never` if it was never enabled. */
  readonly versioning: Answer<'Enabled' | 'Suspended' | 'Never'>;
}

/**
 * Lists the bucket as the pipeline does, and checks whether it keeps versions.
 * @param bucket.prefix lists only this prefix, which may need another permission than the whole
 *   bucket. Default: the whole
 * @param options.versions lists versions, which needs a separate permission
 * @throws RearviewError `ERR_CONFIG` if it does not exist, is in another region or may not be
 *   listed; `ERR_UNAVAILABLE` (retryable)
 */
export async function inspectBucket(
  client: S3Client,
  { name: bucket, prefix = '' }: { readonly name: string; readonly prefix?: string },
  { versions }: { readonly versions: boolean },
): Promise<BucketFacts> {
  const what = `The bucket ${bucket}`;
  const one = { Bucket: bucket, MaxKeys: 1, ...(prefix === '' ? {} : { Prefix: prefix }) };
  await ask({ what, permission: versions ? 's3:ListBucketVersions' : 's3:ListBucket' }, async () => {
    const listing = versions
      ? client.send(new ListObjectVersionsCommand(one))
      : client.send(new ListObjectsV2Command(one));
    await orElsewhere(what, listing);
  });
  return { versioning: await inspectVersioning(client, bucket) };
}

/** Returns whether a bucket keeps versions. Needs `s3:GetBucketVersioning`. */
export function inspectVersioning(client: S3Client, bucket: string): Promise<BucketFacts['versioning']> {
  const call = { what: `The bucket ${bucket}`, permission: 's3:GetBucketVersioning' };
  return askIfAllowed(call, async () => {
    const { Status: status } = await client.send(new GetBucketVersioningCommand({ Bucket: bucket }));
    return status ?? 'Never';
  });
}

/** No object has it. */
const noEtag = '"00000000000000000000000000000000"';

/**
 * Returns whether the caller may put an object. S3 checks the permission before the condition, which
 * no object fulfils: nothing is written.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
export function inspectWriting(client: S3Client, bucket: string, key: string): Promise<Answer<'allowed'>> {
  const call = { what: `The bucket ${bucket}`, permission: 's3:PutObject' };
  return askIfAllowed(call, async () => {
    try {
      await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: new Uint8Array(), IfMatch: noEtag }));
    } catch (error) {
      const status = statusOf(error);
      if (status !== 404 && status !== 412) throw error;
    }
    return 'allowed' as const;
  });
}
