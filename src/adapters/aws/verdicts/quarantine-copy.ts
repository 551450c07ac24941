import { createHash } from 'node:crypto';
import type { CopyObjectCommandInput, HeadObjectCommandOutput } from '@aws-sdk/client-s3';
import type { Alert } from '../../../domain/alerts/alert.ts';
import type { ObjectInfo } from '../../../domain/objects/object.ts';
import type { VerdictMatch } from '../../../domain/scans/verdict.ts';
import { encodeMetadata } from '../s3/s3-metadata.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html#UserMetadata */
const maxMetadataBytes = 2048;
const maxKeyBytes = 1024;
const versionField = 'rearview-source-version';

/** An object that belongs in quarantine. */
export interface QuarantineRequest {
  readonly object: ObjectInfo;
  readonly file: Alert['file'];
  /** The reason. */
  readonly match: VerdictMatch;
  /** ISO 8601 in UTC. */
  readonly at: string;
}

/**
 * Destination of the copy: `<bucket>/<key>`, or `<bucket>/long-key/<SHA-256 of the key>` if that
 * would be too long. The second is for a bucket that keeps no versions and has another version
 * there.
 */
export function quarantineKeys({ bucket, key, version }: ObjectInfo): readonly [string, string] {
  const fits = (text: string) => Buffer.byteLength(text) <= maxKeyBytes;
  const [plain, long] = [`${bucket}/${key}`, `${bucket}/long-key/${sha256Of(key)}`];
  const first = fits(plain) ? plain : long;
  const suffix = `.${sha256Of(version).slice(0, 16)}`;
  return [first, fits(first + suffix) ? first + suffix : long + suffix];
}

/**
 * The copy without its destination. If Rearview's metadata does not fit, it keeps that of the
 * source, and only the tags record the reason.
 */
export function describeCopy(
  request: QuarantineRequest,
  source: HeadObjectCommandOutput,
): Pick<CopyObjectCommandInput, 'CopySource' | 'MetadataDirective' | 'Metadata' | 'ContentType'> {
  const { bucket, key } = request.object;
  const version = source.VersionId === undefined ? '' : `?versionId=${encodeURIComponent(source.VersionId)}`;
  const from = { CopySource: `${bucket}/${encodeURIComponent(key).replaceAll('%2F', '/')}${version}` };
  const metadata = { ...source.Metadata, ...metadataOf(request) };
  const bytes = Object.entries(metadata).reduce((sum, [name, value]) => sum + Buffer.byteLength(name + value), 0);
  // Values that S3 could not put into a header would be lost.
  if (bytes > maxMetadataBytes || (source.MissingMeta ?? 0) > 0) return from;
  const { ContentType, CacheControl, ContentDisposition, ContentEncoding, ContentLanguage } = source;
  const described = { ContentType, CacheControl, ContentDisposition, ContentEncoding, ContentLanguage };
  return { ...from, MetadataDirective: 'REPLACE', Metadata: metadata, ...described };
}

/**
 * Returns whether the metadata of an object in quarantine identifies it as the copy of this
 * version.
 */
export function isMarked(copy: HeadObjectCommandOutput, request: QuarantineRequest): boolean {
  return copy.Metadata?.[versionField] === metadataOf(request)[versionField];
}

/**
 * Compares a copy with its source. `same`: equal size and SHA-256 (that of the scan or, after a
 * partial scan, that of S3). `as_long`: one of the checksums is unknown.
 */
export function compareCopy(
  copy: HeadObjectCommandOutput,
  source: HeadObjectCommandOutput,
  { file }: QuarantineRequest,
): 'same' | 'as_long' | 'different' {
  if (copy.ContentLength !== source.ContentLength) return 'different';
  const isScannedWhole = file.scannedBytes === undefined;
  const expected = isScannedWhole ? Buffer.from(file.sha256, 'hex').toString('base64') : plainSha256(source);
  const actual = plainSha256(copy);
  if (expected === null || actual === null) return 'as_long';
  return expected === actual ? 'same' : 'different';
}

/** Null also for the checksum of part checksums, which ends with their number. */
function plainSha256({ ChecksumSHA256: sum }: HeadObjectCommandOutput): string | null {
  return sum === undefined || sum.includes('-') ? null : sum;
}

function metadataOf({ object, file, match, at }: QuarantineRequest): Readonly<Record<string, string>> {
  return encodeMetadata({
    'rearview-alert-id': match.alertId,
    'rearview-rule': match.ruleId,
    'rearview-sha256': file.sha256,
    'rearview-quarantined-at': at,
    [versionField]: object.version,
  });
}

function sha256Of(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
