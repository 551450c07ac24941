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

/** An object that belongs into quarantine. */
export interface QuarantineRequest {
  readonly object: ObjectInfo;
  readonly file: Alert['file'];
  /** Why. */
  readonly match: VerdictMatch;
  /** ISO 8601 in UTC. */
  readonly at: string;
}

/**
 * Where the copy goes: `<bucket>/<key>`; where that would be too long, `<bucket>/long-key/<SHA-256 of the key>`. The second is for a bucket that
 * keeps no versions and has another version there.
 */
export function quarantineKeys({ bucket, key, version }: ObjectInfo): readonly [string, string] {
  const fits = (text: string) => Buffer.byteLength(text) <= maxKeyBytes;
  const [plain, long] = [`${bucket}/${key}`, `${bucket}/long-key/${sha256Of(key)}`];
  const first = fits(plain) ? plain : long;
  const suffix = `.${sha256Of(version).slice(0, 16)}`;
  return [first, fits(first + suffix) ? first + suffix : long + suffix];
}

/** What the copy is to be, but for its place. Without room for metadata of ours it keeps that of the source, and has the tags alone to tell. */
export function describeCopy(
  request: QuarantineRequest,
  source: HeadObjectCommandOutput,
): Pick<CopyObjectCommandInput, 'CopySource' | 'MetadataDirective' | 'Metadata' | 'ContentType'> {
  const { bucket, key } = request.object;
  const version = source.VersionId === undefined ? '' : `?versionId=${encodeURIComponent(source.VersionId)}`;
  const from = { CopySource: `${bucket}/${encodeURIComponent(key).replaceAll('%2F', '/')}${version}` };
  const metadata = { ...source.Metadata, ...metadataOf(request) };
  const bytes = Object.entries(metadata).reduce((sum, [name, value]) => sum + Buffer.byteLength(name + value), 0);
  // What S3 could not put into a header would be lost.
  if (bytes > maxMetadataBytes || (source.MissingMeta ?? 0) > 0) return from;
  const { ContentType, CacheControl, ContentDisposition, ContentEncoding, ContentLanguage } = source;
  const described = { ContentType, CacheControl, ContentDisposition, ContentEncoding, ContentLanguage };
  return { ...from, MetadataDirective: 'REPLACE', Metadata: metadata, ...described };
}

/** Whether an object in quarantine is the copy of this version by its metadata. */
export function isMarked(copy: HeadObjectCommandOutput, request: QuarantineRequest): boolean {
  return copy.Metadata?.[versionField] === metadataOf(request)[versionField];
}

/**
 * How a copy compares with its source: `same` by size and by the SHA-256 that was scanned, or, where a part was scanned, that S3 has of the source;
 * `as_long` where one of the checksums is not known.
 */
export function compareCopy(
  copy: HeadObjectCommandOutput,
  source: HeadObjectCommandOutput,
  { file }: QuarantineRequest,
): 'same' | 'as_long' | 'different' {
  if (copy.ContentLength !== source.ContentLength) return 'different';
  const isScannedWhole = file.scannedBytes === undefined;
  const wanted = isScannedWhole ? Buffer.from(file.sha256, 'hex').toString('base64') : plainSha256(source);
  const actual = plainSha256(copy);
  if (wanted === null || actual === null) return 'as_long';
  return wanted === actual ? 'same' : 'different';
}

/** Null also for the checksum of the checksums of parts, which ends with their number. */
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
