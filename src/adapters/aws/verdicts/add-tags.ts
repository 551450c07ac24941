import { GetObjectTaggingCommand, PutObjectTaggingCommand } from '@aws-sdk/client-s3';
import type { ObjectRef } from '../../../domain/objects/object.ts';
import { etagOf } from '../s3/s3-version.ts';
import { findVersion, orGone, type VersionedStore } from './find-version.ts';
import { mergeTags, type ObjectTag } from './merge-tags.ts';

/**
 * Adds tags to the existing ones of an object version, and returns those that did not fit; null if
 * the version is gone. S3 allows ten, replaces them as a set, and supports no condition. A tag set
 * by another process between read and write is lost. In a bucket without versions, an object that
 * replaces this one at that moment gets the tags until it has its own.
 *
 * @throws RearviewError as `translateS3Error`
 */
export async function addTags(
  store: VersionedStore,
  object: ObjectRef,
  requested: readonly ObjectTag[],
): Promise<readonly ObjectTag[] | null> {
  const { bucket, key, version } = object;
  const what = `${bucket}/${key}`;
  let versionId: string | undefined = version;
  if (etagOf(version) !== null) {
    const found = await findVersion(store, object);
    if (found === null) return null;
    versionId = found.VersionId;
  }
  const at = { Bucket: bucket, Key: key, ...(versionId === undefined ? {} : { VersionId: versionId }) };
  const present = await orGone(store.client.send(new GetObjectTaggingCommand(at)), what);
  if (present === null) return null;
  const { tags, leftOut } = mergeTags(
    (present.TagSet ?? []).map(({ Key = '', Value = '' }) => ({ key: Key, value: Value })),
    requested,
  );
  if (leftOut.length < requested.length) {
    const Tagging = { TagSet: tags.map(({ key: Key, value: Value }) => ({ Key, Value })) };
    if ((await orGone(store.client.send(new PutObjectTaggingCommand({ ...at, Tagging })), what)) === null) return null;
  }
  return leftOut;
}
