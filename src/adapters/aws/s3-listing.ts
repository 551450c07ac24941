import {
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  ListObjectVersionsCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { z } from 'zod';
import { type ObjectFilter, type ObjectInfo, passesFilter } from '../../domain/object.ts';
import type { ObjectPage } from '../../ports/object-store.ts';
import { unavailable } from './s3-errors.ts';
import { arrivedAtOf, objectVersion } from './s3-version.ts';

/** S3 lists no more at a time. */
const maxKeys = 1000;
/** XML 1.0 cannot hold every character of a key. */
const encoded = { EncodingType: 'url' } as const;

export interface Place {
  readonly client: S3Client;
  readonly bucket: string;
}

export interface ListOptions {
  readonly filter?: ObjectFilter;
  readonly after: string | null;
  readonly limit: number;
}

interface Listed {
  readonly Key?: string | undefined;
  readonly Size?: number | undefined;
  readonly ETag?: string | undefined;
  readonly LastModified?: Date | undefined;
  readonly VersionId?: string | undefined;
}

/**
 * The latest version of each key, in the order of their UTF-8 bytes. `next` is the last key of the page. Archived objects are among them: that
 * they cannot be read is said when they are.
 */
export async function listLatest(
  { client, bucket }: Place,
  { filter = {}, after, limit }: ListOptions,
): Promise<ObjectPage> {
  for (let token: string | undefined; ; ) {
    const page: ListObjectsV2CommandOutput = await client.send(
      new ListObjectsV2Command({
        ...{ Bucket: bucket, Prefix: filter.prefix, MaxKeys: Math.min(limit, maxKeys), ...encoded },
        ...(token !== undefined ? { ContinuationToken: token } : after !== null ? { StartAfter: after } : {}),
      }),
    );
    const all = (page.Contents ?? []).map((each) => infoOf(bucket, each, page.EncodingType));
    const last = all.at(-1);
    if (page.IsTruncated === true && last === undefined) {
      // A page may be empty and yet not be the last.
      token = page.NextContinuationToken;
      if (token === undefined) throw unavailable(bucket, 'the listing breaks off');
      continue;
    }
    const next = page.IsTruncated === true && last !== undefined ? last.key : null;
    return { objects: all.filter((each) => passesFilter(each, filter)), problems: [], next };
  }
}

const cursor = z.tuple([z.string(), z.string().nullable()]);

/** All versions, by key as above, the newest first; without those that say the key was deleted. `next` holds key and version id of the last. */
export async function listVersions(
  { client, bucket }: Place,
  { filter = {}, after, limit }: ListOptions,
): Promise<ObjectPage> {
  const [key, versionId] = after === null ? [undefined, null] : cursor.parse(JSON.parse(after));
  const page = await client.send(
    new ListObjectVersionsCommand({
      ...{ Bucket: bucket, Prefix: filter.prefix, MaxKeys: Math.min(limit, maxKeys), ...encoded },
      ...{ KeyMarker: key, ...(versionId === null ? {} : { VersionIdMarker: versionId }) },
    }),
  );
  const objects = (page.Versions ?? [])
    .map((each) => infoOf(bucket, each, page.EncodingType))
    .filter((each) => passesFilter(each, filter));
  if (page.IsTruncated !== true) return { objects, problems: [], next: null };
  if (page.NextKeyMarker === undefined) throw unavailable(bucket, 'the listing breaks off');
  const nextKey = decodeKey(page.NextKeyMarker, page.EncodingType);
  return { objects, problems: [], next: JSON.stringify([nextKey, page.NextVersionIdMarker ?? null]) };
}

function infoOf(bucket: string, each: Listed, encoding: string | undefined): ObjectInfo {
  const { Key: key, Size: size, ETag: etag, LastModified: modified, VersionId: versionId } = each;
  if (key === undefined || size === undefined || etag === undefined || modified === undefined) {
    throw unavailable(bucket, 'the listing lacks key, size, ETag or time');
  }
  const version = objectVersion({ etag, ...(versionId === undefined ? {} : { versionId }) });
  return { bucket, key: decodeKey(key, encoding), version, size, arrivedAt: arrivedAtOf(modified) };
}

/** Decoded only where the answer says that it is encoded: not every store does what it is asked to. */
function decodeKey(key: string, encoding: string | undefined): string {
  return encoding === 'url' ? decodeURIComponent(key.replaceAll('+', ' ')) : key;
}
