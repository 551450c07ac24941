import {
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  ListObjectVersionsCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { ObjectInfo } from '../../../../domain/objects/object.ts';
import { statusOf, unavailable } from '../s3-errors.ts';
import { arrivedAtOf, objectVersion } from '../s3-version.ts';
import type { FetchedPage, Position } from './lane.ts';

/** XML 1.0 cannot represent every character of a key. */
const encoded = { EncodingType: 'url' } as const;

/** A bucket and its client. */
export interface Place {
  readonly client: S3Client;
  readonly bucket: string;
}

/** The parameters of one request. */
export interface PageRequest {
  readonly prefix: string;
  /** Null at the start. */
  readonly after: Position | null;
  /** S3 returns at most 1,000. */
  readonly maxKeys: number;
}

interface Listed {
  readonly Key?: string | undefined;
  readonly Size?: number | undefined;
  readonly ETag?: string | undefined;
  readonly LastModified?: Date | undefined;
  readonly VersionId?: string | undefined;
}

/**
 * Lists the latest version of each key, in the order of their UTF-8 bytes. Includes archived
 * objects: reading them reports that they are archived.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
 */
export async function fetchLatest({ client, bucket }: Place, request: PageRequest): Promise<FetchedPage> {
  const { prefix, after, maxKeys } = request;
  for (let token: string | undefined; ; ) {
    const page: ListObjectsV2CommandOutput = await client.send(
      new ListObjectsV2Command({
        ...{ Bucket: bucket, ...prefixed(prefix), MaxKeys: maxKeys, ...encoded },
        ...(token !== undefined ? { ContinuationToken: token } : after !== null ? { StartAfter: after.key } : {}),
      }),
    );
    const entries = (page.Contents ?? []).map((each) => ({
      object: infoOf(bucket, each, page.EncodingType),
      versionId: null,
    }));
    const last = entries.at(-1);
    if (page.IsTruncated !== true) return { entries, end: null };
    if (last !== undefined) return { entries, end: { key: last.object.key, versionId: null } };
    // A page may be empty without being the last.
    token = page.NextContinuationToken;
    if (token === undefined) throw unavailable(bucket, 'the listing is incomplete');
  }
}

/**
 * Lists all versions, by key as above, newest first, without delete markers.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html
 */
export async function fetchVersions({ client, bucket }: Place, request: PageRequest): Promise<FetchedPage> {
  const { prefix, after, maxKeys } = request;
  const page = await client.send(
    new ListObjectVersionsCommand({
      ...{ Bucket: bucket, ...prefixed(prefix), MaxKeys: maxKeys, ...encoded },
      ...(after === null ? {} : { KeyMarker: after.key }),
      // Without it, S3 continues with the next key.
      ...(after === null || after.versionId === null ? {} : { VersionIdMarker: after.versionId }),
    }),
  );
  const entries = (page.Versions ?? []).map((each) => ({
    object: infoOf(bucket, each, page.EncodingType),
    versionId: each.VersionId ?? null,
  }));
  if (page.IsTruncated !== true) return { entries, end: null };
  if (page.NextKeyMarker === undefined) throw unavailable(bucket, 'the listing is incomplete');
  const key = decodeKey(page.NextKeyMarker, page.EncodingType);
  return { entries, end: { key, versionId: page.NextVersionIdMarker ?? null } };
}

export interface PrefixRequest {
  readonly prefix: string;
  /** Null at the start. */
  readonly after: string | null;
  /**
   * Whether to include prefixes below which everything was deleted. It needs the same permission as
   * listing.
   */
  readonly versioned: boolean;
}

/**
 * Returns common prefixes up to the next `/`, from one S3 response: up to 1,000. None if that is
 * refused: a policy may allow listing one prefix but not below it, or not with a delimiter.
 */
export async function fetchPrefixes(place: Place, request: PrefixRequest): Promise<readonly string[]> {
  try {
    const { CommonPrefixes: found = [], EncodingType: encoding } = await sendForPrefixes(place, request);
    return found.flatMap(({ Prefix: each }) => (each === undefined ? [] : [decodeKey(each, encoding)]));
  } catch (error) {
    // If listing is not allowed at all, the next page reports it.
    if (statusOf(error) === 403) return [];
    throw error;
  }
}

function sendForPrefixes({ client, bucket }: Place, { prefix, after, versioned }: PrefixRequest) {
  const input = { Bucket: bucket, ...prefixed(prefix), Delimiter: '/', ...encoded };
  return versioned
    ? client.send(new ListObjectVersionsCommand({ ...input, ...(after === null ? {} : { KeyMarker: after }) }))
    : client.send(new ListObjectsV2Command({ ...input, ...(after === null ? {} : { StartAfter: after }) }));
}

function prefixed(prefix: string): { readonly Prefix?: string } {
  return prefix === '' ? {} : { Prefix: prefix };
}

function infoOf(bucket: string, each: Listed, encoding: string | undefined): ObjectInfo {
  const { Key: key, Size: size, ETag: etag, LastModified: modified, VersionId: versionId } = each;
  if (key === undefined || size === undefined || etag === undefined || modified === undefined) {
    throw unavailable(bucket, 'the listing lacks key, size, ETag or time');
  }
  const version = objectVersion({ etag, ...(versionId === undefined ? {} : { versionId }) });
  return { bucket, key: decodeKey(key, encoding), version, size, arrivedAt: arrivedAtOf(modified) };
}

/** Decoded only if the response says that it is encoded: not every store honours the parameter. */
function decodeKey(key: string, encoding: string | undefined): string {
  return encoding === 'url' ? decodeURIComponent(key.replaceAll('+', ' ')) : key;
}
