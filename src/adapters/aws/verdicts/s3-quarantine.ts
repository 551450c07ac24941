import {
  CopyObjectCommand,
  DeleteObjectCommand,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
} from '@aws-sdk/client-s3';
import { hasCode, RearviewError } from '../../../domain/errors.ts';
import { translateS3Error } from '../s3/s3-errors.ts';
import { etagOf } from '../s3/s3-version.ts';
import { findVersion, orGone, type VersionedStore } from './find-version.ts';
import { compareCopy, describeCopy, isMarked, type QuarantineRequest, quarantineKeys } from './quarantine-copy.ts';

/**
 * Bytes of the largest object that S3 copies in one piece:
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
 */
export const maxCopyBytes = 5 * 2 ** 30;

/**
 * Location of the copy. `gone`: the version no longer exists, perhaps because it was moved before.
 * `too_large`: it stays.
 */
export type QuarantineResult = { readonly bucket: string; readonly key: string } | 'gone' | 'too_large';

/** Moves object versions out of reach of the readers of their bucket. */
export interface Quarantine {
  /** @throws RearviewError if it was not moved, or this is unknown; call again */
  move(request: QuarantineRequest): Promise<QuarantineResult>;
}

/**
 * Copies a version to the quarantine bucket, verifies the copy, and only then permanently deletes
 * that version and never another. After a crash at any point, the next call continues.
 */
export function createS3Quarantine(store: VersionedStore, target: string): Quarantine {
  const { client } = store;
  const look = (key: string, versionId?: string) => {
    const input = { Bucket: target, Key: key, ...(versionId === undefined ? {} : { VersionId: versionId }) };
    return orGone(client.send(new HeadObjectCommand({ ...input, ChecksumMode: 'ENABLED' })), `${target}/${key}`);
  };

  /** Finds the copy of an earlier call, or a key for a new one that replaces nothing. */
  async function findPlace(request: QuarantineRequest, source: HeadObjectCommandOutput): Promise<Place> {
    const [key, other] = quarantineKeys(request.object);
    for (const each of [key, other]) {
      const found = await look(each);
      if (found === null) return { key: each, isFree: true, isCopied: false };
      const keepsVersions = found.VersionId !== undefined && found.VersionId !== 'null';
      const compared = compareCopy(found, source, request);
      // If only the length is known to be equal, the metadata must identify the copy.
      const isCopied = isMarked(found, request) ? compared !== 'different' : compared === 'same' && !keepsVersions;
      if (isCopied || keepsVersions) return { key: each, isFree: false, isCopied };
    }
    // Its name is derived from this version: an existing object is an incomplete copy of it.
    return { key: other, isFree: false, isCopied: false };
  }

  /** False if the source is gone. */
  async function copy(request: QuarantineRequest, source: HeadObjectCommandOutput, place: Place): Promise<boolean> {
    const { object } = request;
    const what = `The copy of ${object.bucket}/${object.key} to ${target}/${place.key}`;
    const command = new CopyObjectCommand({
      ...{ Bucket: target, Key: place.key, ChecksumAlgorithm: 'SHA256', CopySourceIfMatch: source.ETag },
      ...(place.isFree ? { IfNoneMatch: '*' } : {}),
      ...describeCopy(request, source),
    });
    let versionId: string | undefined;
    try {
      versionId = (await client.send(command)).VersionId;
    } catch (error) {
      const own = translateS3Error(error, what);
      if (hasCode(own, 'ERR_OBJECT_GONE')) return false;
      throw own;
    }
    const made = await look(place.key, versionId);
    if (made !== null && compareCopy(made, source, request) !== 'different') return true;
    throw new RearviewError(
      'ERR_UNAVAILABLE',
      `${what} differs from the scanned content; the object stays, and the move is tried again.`,
      {
        retryable: true,
      },
    );
  }

  async function remove({ object }: QuarantineRequest, source: HeadObjectCommandOutput): Promise<void> {
    // A condition applies only to the latest version, and not every store honours it.
    if (etagOf(object.version) !== null && (await findVersion(store, object)) === null) return;
    const { VersionId, ETag } = source;
    const only = VersionId === undefined ? { IfMatch: ETag } : { VersionId };
    const command = new DeleteObjectCommand({ Bucket: object.bucket, Key: object.key, ...only });
    await orGone(client.send(command), `${object.bucket}/${object.key}, which was copied to ${target},`);
  }

  return {
    async move(request) {
      const source = await findVersion(store, request.object);
      if (source === null) return 'gone';
      if ((source.ContentLength ?? 0) > maxCopyBytes) return 'too_large';
      const place = await findPlace(request, source);
      if (!place.isCopied && !(await copy(request, source, place))) return 'gone';
      await remove(request, source);
      return { bucket: target, key: place.key };
    },
  };
}

interface Place {
  readonly key: string;
  /** The key is free. */
  readonly isFree: boolean;
  /** The copy exists and is complete. */
  readonly isCopied: boolean;
}
