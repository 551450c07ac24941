import {
  DeleteObjectCommand,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandInput,
  type ListObjectVersionsCommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { ObjectRemover } from '../../../ports/object-remover.ts';
import { ask } from '../ask.ts';

export interface S3ObjectRemoverOptions {
  readonly client: S3Client;
  readonly bucket: string;
  /** True if the bucket is known to keep versions; otherwise it is detected. Default: false. */
  readonly versioned?: boolean;
}

/**
 * Removes objects from an S3 bucket. Needs `s3:DeleteObject`; in a bucket with versions
 * `s3:ListBucketVersions` and `s3:DeleteObjectVersion`.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/DeletingObjectVersions.html
 */
export function createS3ObjectRemover({ client, bucket, versioned = false }: S3ObjectRemoverOptions): ObjectRemover {
  const remove = (key: string, version?: string) => {
    const permission = version === undefined ? 's3:DeleteObject' : 's3:DeleteObjectVersion';
    const input = { Bucket: bucket, Key: key, ...(version === undefined ? {} : { VersionId: version }) };
    return ask({ what: `${bucket}/${key}`, permission }, () => client.send(new DeleteObjectCommand(input)));
  };
  return {
    bucket,
    async removeAll(key) {
      if (!versioned) {
        const { VersionId: version, DeleteMarker: isMarked } = await remove(key);
        if (version === undefined && isMarked !== true) return;
      }
      for (const version of await versionsOf(client, bucket, key)) await remove(key, version);
    },
  };
}

/**
 * All versions of one key, including delete markers. They are listed before the first is removed: a
 * page starts after one that must exist.
 */
async function versionsOf(client: S3Client, bucket: string, key: string): Promise<readonly string[]> {
  const call = { what: `The bucket ${bucket}`, permission: 's3:ListBucketVersions' };
  const all: string[] = [];
  let marker: { readonly KeyMarker?: string; readonly VersionIdMarker?: string } = {};
  for (;;) {
    const input: ListObjectVersionsCommandInput = { Bucket: bucket, Prefix: key, EncodingType: 'url', ...marker };
    const page: ListObjectVersionsCommandOutput = await ask(call, () =>
      client.send(new ListObjectVersionsCommand(input)),
    );
    const decode = (text: string) =>
      page.EncodingType === 'url' ? decodeURIComponent(text.replaceAll('+', ' ')) : text;
    for (const { Key: each = '', VersionId: version } of [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])]) {
      if (decode(each) === key && version !== undefined) all.push(version);
    }
    const { NextKeyMarker: nextKey, NextVersionIdMarker: nextVersion } = page;
    // Keys are in order: those that follow are longer.
    if (page.IsTruncated !== true || nextKey === undefined || decode(nextKey) !== key) return all;
    marker = { KeyMarker: key, ...(nextVersion === undefined ? {} : { VersionIdMarker: nextVersion }) };
  }
}
