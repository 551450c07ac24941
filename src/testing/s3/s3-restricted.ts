import type { S3EmulatorOptions } from './s3-emulator.ts';
import { bucketOf, failure, isObjectPath, keyOf, type S3Request } from './s3-http.ts';

/**
 * Refuses reads outside the prefix of a role. The role may only get objects below the prefix, and use
 * `s3:ListBucket` and `s3:ListBucketVersions` with that `s3:prefix`. Writes pass: they come from
 * uploaders.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/amazon-s3-policy-keys.html
 */
export function restrictedTo(
  bucket: string,
  prefix: string,
  onRefused: (each: S3Request) => void = () => undefined,
): NonNullable<S3EmulatorOptions['intercept']> {
  return async (each, serve) => {
    if (bucketOf(each.path) !== bucket || (each.method !== 'GET' && each.method !== 'HEAD')) return serve(each);
    const refused = failure(403, 'AccessDenied', 'Access Denied');
    if (isObjectPath(each.path) ? !keyOf(each.path).startsWith(prefix) : !isListingOf(each, prefix)) {
      onRefused(each);
      return refused;
    }
    const answer = await serve(each);
    // A request for an object has no prefix, so the role may not learn which objects do not exist.
    return isObjectPath(each.path) && answer.status === 404 ? refused : answer;
  };
}

function isListingOf({ method, query }: S3Request, prefix: string): boolean {
  const isListing = query.has('list-type') || query.has('versions');
  return method === 'GET' && isListing && query.get('prefix')?.startsWith(prefix) === true;
}
