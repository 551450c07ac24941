import { HeadObjectCommand, type HeadObjectCommandOutput, type S3Client } from '@aws-sdk/client-s3';
import { hasCode } from '../../../domain/errors.ts';
import type { ObjectRef } from '../../../domain/objects/object.ts';
import { translateS3Error } from '../s3/s3-errors.ts';
import { conditionOf, etagOf } from '../s3/s3-version.ts';

export interface VersionedStore {
  readonly client: S3Client;
  /** See `S3ObjectStoreOptions.versioned`. */
  readonly versioned: boolean;
}

/**
 * Returns the S3 metadata of this very version, with its checksums; null if it no longer exists.
 * @throws RearviewError as `translateS3Error`
 */
export async function findVersion(
  { client, versioned }: VersionedStore,
  { bucket, key, version }: ObjectRef,
): Promise<HeadObjectCommandOutput | null> {
  const input = { Bucket: bucket, Key: key, ...conditionOf(version, versioned), ChecksumMode: 'ENABLED' as const };
  const found = await orGone(client.send(new HeadObjectCommand(input)), `${bucket}/${key}`);
  // Some stores have no versions, or no conditions on HEAD.
  const isIt = etagOf(version) === null ? found?.VersionId === version : found?.ETag === etagOf(version);
  return isIt ? found : null;
}

/**
 * Returns the S3 response; null if the requested version is gone or replaced. @throws RearviewError
 * as `translateS3Error`
 */
export async function orGone<T>(answer: Promise<T>, what: string): Promise<T | null> {
  return answer.catch((error: unknown) => {
    const own = translateS3Error(error, what);
    if (hasCode(own, 'ERR_OBJECT_GONE', 'ERR_OBJECT_CHANGED')) return null;
    throw own;
  });
}
