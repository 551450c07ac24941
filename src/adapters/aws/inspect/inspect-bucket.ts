import {
  GetBucketVersioningCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { RearviewError } from '../../../domain/errors.ts';
import { type Answer, ask, askIfAllowed } from '../ask.ts';

export interface BucketFacts {
  /** `Never` where it was never turned on. */
  readonly versioning: Answer<'Enabled' | 'Suspended' | 'Never'>;
}

/**
 * Lists the bucket, as the pipeline does, and asks whether it keeps versions.
 * @param options.versions lists versions: a permission of its own
 * @throws RearviewError `ERR_CONFIG` where it does not exist, lies elsewhere or may not be listed; `ERR_UNAVAILABLE` (retryable)
 */
export async function inspectBucket(
  client: S3Client,
  bucket: string,
  { versions }: { readonly versions: boolean },
): Promise<BucketFacts> {
  const what = `The bucket ${bucket}`;
  const one = { Bucket: bucket, MaxKeys: 1 };
  await ask({ what, permission: versions ? 's3:ListBucketVersions' : 's3:ListBucket' }, async () => {
    const listing = versions
      ? client.send(new ListObjectVersionsCommand(one))
      : client.send(new ListObjectsV2Command(one));
    await listing.catch((error: unknown) => Promise.reject(elsewhere(what, error) ?? error));
  });
  const versioning = await askIfAllowed({ what, permission: 's3:GetBucketVersioning' }, async () => {
    const { Status: status } = await client.send(new GetBucketVersioningCommand({ Bucket: bucket }));
    return status ?? 'Never';
  });
  return { versioning };
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList */
function elsewhere(what: string, error: unknown): RearviewError | null {
  const isElsewhere =
    error instanceof Error && /^(PermanentRedirect|AuthorizationHeaderMalformed|301)$/.test(error.name);
  if (!isElsewhere) return null;
  const text = `${what} lies in another region: set AWS_REGION to that of the bucket (${error.name}: ${error.message}).`;
  return new RearviewError('ERR_CONFIG', text, { cause: error });
}
