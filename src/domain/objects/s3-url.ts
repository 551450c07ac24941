import { RearviewError } from '../errors.ts';

/**
 * Part of an S3 bucket in its usual notation: `s3://bucket/key`. The key is literal, not encoded.
 */
export interface S3Url {
  readonly bucket: string;
  /**
   * The key of one object, or the common prefix of several: empty for the whole bucket, otherwise
   * with `/` at its end.
   */
  readonly key: string;
  /** A version id; null for the latest. */
  readonly version: string | null;
}

const scheme = 's3://';
/**
 * Includes the names of old buckets:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
 */
const bucketName = /^[A-Za-z0-9][A-Za-z0-9._-]{2,254}$/;
/**
 * Characters that version ids never contain. If a key ends like a version, a second version after
 * it resolves the ambiguity.
 */
const versionAtEnd = /^(.*)\?versionId=([^?&=/]*)$/s;

/** Returns whether a text is meant as an S3 URL. */
export function isS3Url(text: string): boolean {
  return text.startsWith(scheme);
}

/**
 * Parses `s3://bucket`, `s3://bucket/prefix/`, `s3://bucket/key` and
 * `s3://bucket/key?versionId=id`. A key may contain anything: spaces, `%`, `+`, `?`, and a leading
 * slash, which follows the slash after the bucket.
 * @throws RearviewError `ERR_USAGE` if there is no bucket, or a version without a key
 */
export function parseS3Url(text: string): S3Url {
  const wrong = (why: string) => new RearviewError('ERR_USAGE', `${text} ${why}: write s3://bucket/key.`);
  if (!isS3Url(text)) throw wrong('is not an S3 URL');
  const place = text.slice(scheme.length);
  const slash = place.indexOf('/');
  const bucket = slash < 0 ? place : place.slice(0, slash);
  if (!bucketName.test(bucket)) throw wrong('names no bucket');
  const rest = slash < 0 ? '' : place.slice(slash + 1);
  const [, key = rest, version = null] = versionAtEnd.exec(rest) ?? [];
  if (version === '') throw wrong('has no version id after ?versionId=');
  if (version !== null && key === '') throw wrong('has a version id and no key');
  return { bucket, key, version };
}

/** Formats a location so that `parseS3Url` can read it. */
export function formatS3Url({ bucket, key, version }: S3Url): string {
  return `${scheme}${bucket}${key === '' ? '' : `/${key}`}${version === null ? '' : `?versionId=${version}`}`;
}

/**
 * Returns whether it stands for all objects with this key prefix. A version always belongs to one
 * object, whatever its key ends with.
 */
export function isPrefix({ key, version }: S3Url): boolean {
  return version === null && (key === '' || key.endsWith('/'));
}
