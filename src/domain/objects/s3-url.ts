import { RearviewError } from '../errors.ts';

/** Part of an S3 bucket as people write it: `s3://bucket/key`. The key is written as it is, not encoded. */
export interface S3Url {
  readonly bucket: string;
  /** Of one object; of many, what their keys begin with: empty for the whole bucket, else with `/` at its end. */
  readonly key: string;
  /** A version id; null for the latest. */
  readonly version: string | null;
}

const scheme = 's3://';
/** Also the names that old buckets have: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const bucketName = /^[A-Za-z0-9][A-Za-z0-9._-]{2,254}$/;
/** Version ids hold none of these. A key may end as a version does: then another version after it says what is meant. */
const versionAtEnd = /^(.*)\?versionId=([^?&=/]*)$/s;

/** Whether a text is meant as one. */
export function isS3Url(text: string): boolean {
  return text.startsWith(scheme);
}

/**
 * Reads `s3://bucket`, `s3://bucket/prefix/`, `s3://bucket/key` and `s3://bucket/key?versionId=id`. A key may hold anything: spaces, `%`, `+`, `?`,
 * and a slash at its beginning, which follows that of the bucket.
 * @throws RearviewError `ERR_USAGE` where there is no bucket, or a version of nothing
 */
export function parseS3Url(text: string): S3Url {
  const wrong = (why: string) => new RearviewError('ERR_USAGE', `${text} ${why}: write s3://bucket/key.`);
  if (!isS3Url(text)) throw wrong('is no S3 URL');
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

/** The text that `parseS3Url` reads. */
export function formatS3Url({ bucket, key, version }: S3Url): string {
  return `${scheme}${bucket}${key === '' ? '' : `/${key}`}${version === null ? '' : `?versionId=${version}`}`;
}

/** Whether it stands for all objects whose keys begin so. A version is of one object, whatever its key ends with. */
export function isPrefix({ key, version }: S3Url): boolean {
  return version === null && (key === '' || key.endsWith('/'));
}
