import {
  GetBucketVersioningCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { type Answer, ask, askIfAllowed } from '../ask.ts';
import { orElsewhere } from '../s3/bucket-elsewhere.ts';

export interface BucketFacts {
  /** `Never` where it was never turned on. */
  readonly versioning: Answer<'Enabled' | 'Suspended' | 'Never'>;
}

/**
 * Lists the bucket, as the pipeline does, and asks whether it keeps versions.
 * @param bucket.prefix lists no more than what begins so: another permission than the whole may need. Default: the whole
 * @param options.versions lists versions: a permission of its own
 * @throws RearviewError `ERR_CONFIG` where it does not exist, lies elsewhere or may not be listed; `ERR_UNAVAILABLE` (retryable)
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

/** Whether a bucket keeps versions. Needs `s3:GetBucketVersioning`. */
export function inspectVersioning(client: S3Client, bucket: string): Promise<BucketFacts['versioning']> {
  const call = { what: `The bucket ${bucket}`, permission: 's3:GetBucketVersioning' };
  return askIfAllowed(call, async () => {
    const { Status: status } = await client.send(new GetBucketVersioningCommand({ Bucket: bucket }));
    return status ?? 'Never';
  });
}
