import { Readable } from 'node:stream';
import {
  GetObjectCommand,
  type GetObjectCommandOutput,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { RearviewError } from '../../../domain/errors.ts';
import type { StoredSum } from '../../../domain/objects/content-sum.ts';
import type { ObjectContent, ObjectDescription, ObjectInfo, ObjectRef } from '../../../domain/objects/object.ts';
import type { ObjectStore } from '../../../ports/object-store.ts';
import { fitMetadata } from './fit-metadata.ts';
import { readBody } from './read-body.ts';
import { existsAlready, statusOf, translateS3Error, unavailable } from './s3-errors.ts';
import { createS3Listing } from './s3-listing.ts';
import { decodeMetadata } from './s3-metadata.ts';
import { sendToS3 } from './s3-sending.ts';
import { arrivedAtOf, conditionOf, etagOf, objectVersion } from './s3-version.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html */
const maxKeyBytes = 1024;

export interface S3ObjectStoreOptions {
  /**
   * Configures retries and timeouts: `requestHandler` limits how long a response may take to start.
   */
  readonly client: S3Client;
  readonly bucket: string;
  /**
   * True if the bucket keeps versions: each has a version id, and all are listed. S3 also accepts
   * it for other buckets. Default: false; then the version is the ETag, and an overwritten object
   * is gone. In most buckets, an ETag is an MD5 and does not change with the metadata. Therefore a
   * bucket for untrusted files should keep versions.
   */
  readonly versioned?: boolean;
  /** Milliseconds without a byte after which a body counts as broken. Default: 30,000. */
  readonly stallMs?: number;
}

interface ReadOptions {
  readonly maxBytes: number;
  /** False returns the first `maxBytes` bytes of a larger object. Default: true. */
  readonly whole?: boolean;
}

type Description = Pick<
  HeadObjectCommandOutput,
  'ContentLength' | 'ETag' | 'LastModified' | 'VersionId' | 'Metadata' | 'ChecksumSHA256'
>;

/**
 * Objects of an S3 bucket. Needs `s3:GetObject`, `s3:PutObject` and
 * `s3:ListBucket`. Buckets with versions also need `s3:GetObjectVersion` and
 * `s3:ListBucketVersions`, and buckets with a KMS key `kms:Decrypt` and
 * `kms:GenerateDataKey`. Without `s3:ListBucket`, S3 reports missing objects as denied.
 *
 * Keys are those of S3, which does not accept keys whose `..` leads out of the bucket. `arrivedAt`
 * is the `Last-Modified` of S3, in whole seconds.
 *
 * A listing is read ahead in parallel once its second page has been requested: up to 8 requests at
 * once, and 20,000 keys in memory.
 */
export function createS3ObjectStore({
  client,
  bucket,
  versioned = false,
  stallMs = 30_000,
}: S3ObjectStoreOptions): ObjectStore {
  const place = { client, bucket };
  const list = createS3Listing({ ...place, versioned });
  const inputOf = ({ key, version }: { readonly key: string; readonly version?: string }) => {
    if (!isLegal(key)) throw new RearviewError('ERR_OBJECT_GONE', `${bucket} has no key "${key.slice(0, 80)}".`);
    return { Bucket: bucket, Key: key, ...conditionOf(version, versioned) };
  };

  /**
   * @param options.sums whether to request the checksum, which needs `kms:Decrypt` if the object is
   *   encrypted with a KMS key
   * @param options.reasons whether a missing or denied object takes a second request for the reason
   */
  async function describe(
    ref: Pick<ObjectRef, 'key'> & { readonly version?: string },
    { sums, reasons }: { readonly sums: boolean; readonly reasons: boolean },
  ): Promise<ObjectDescription> {
    const input = { ...inputOf(ref), ...(sums ? { ChecksumMode: 'ENABLED' as const } : {}) };
    const what = `${bucket}/${ref.key}`;
    try {
      return descriptionOf(ref, await client.send(new HeadObjectCommand(input)));
    } catch (error) {
      const status = statusOf(error);
      if (status === undefined || status === 412 || status >= 500) throw translateS3Error(error, what);
      if (!reasons && status === 404) throw new RearviewError('ERR_OBJECT_GONE', `${what} does not exist.`);
      if (!reasons && status === 403) {
        throw new RearviewError('ERR_OBJECT_DENIED', `Access to ${what} is denied.`, { retryable: true });
      }
      // The response to HEAD has no body with the reason; that to GET has one.
      const output = await translated(what, () => client.send(new GetObjectCommand(input)));
      bodyOf(output, what).destroy();
      return descriptionOf(ref, output);
    }
  }

  async function head(ref: Pick<ObjectRef, 'key'> & { readonly version?: string }): Promise<ObjectInfo> {
    const { metadata: _, storedSum: __, ...info } = await describe(ref, { sums: false, reasons: true });
    return info;
  }

  function descriptionOf(
    ref: { readonly key: string; readonly version?: string },
    output: Description,
  ): ObjectDescription {
    const metadata = decodeMetadata(output.Metadata ?? {});
    return { ...infoOf(ref, output), metadata, ...storedSumOf(output) };
  }

  /**
   * @throws RearviewError if the response does not match the request, for example from a store
   *   without versions or without conditions on HEAD
   */
  function infoOf(
    { key, version }: { readonly key: string; readonly version?: string },
    output: Description,
  ): ObjectInfo {
    const what = `${bucket}/${key}`;
    const { ContentLength: size, ETag: etag, LastModified: modified, VersionId: versionId } = output;
    if (size === undefined || etag === undefined || modified === undefined) {
      throw unavailable(what, 'the response lacks length, ETag or time');
    }
    const expectedEtag = version === undefined ? null : etagOf(version);
    if (expectedEtag !== null && expectedEtag !== etag) throw changed(what);
    if (version !== undefined && expectedEtag === null && versionId !== version) {
      throw new RearviewError(
        'ERR_OBJECT_GONE',
        `${what} has no version ${version}: the bucket does not keep versions.`,
      );
    }
    const current = objectVersion({ etag, ...(versioned && versionId !== undefined ? { versionId } : {}) });
    return { bucket, key, version: version ?? current, size, arrivedAt: arrivedAtOf(modified) };
  }

  async function read(ref: ObjectRef, { maxBytes, whole = true }: ReadOptions): Promise<ObjectContent> {
    const what = `${bucket}/${ref.key}`;
    const input = inputOf(ref);
    const output = await translated(what, () => client.send(new GetObjectCommand(input)));
    const body = bodyOf(output, what);
    try {
      const info = infoOf(ref, output);
      if (whole && info.size > maxBytes) {
        throw new RearviewError('ERR_OBJECT_TOO_LARGE', `${what} has ${info.size} bytes; the limit is ${maxBytes}.`);
      }
      const length = Math.min(info.size, maxBytes);
      const bytes = await readBody(body, { what, length, size: info.size, stallMs });
      return { ...info, bytes, metadata: decodeMetadata(output.Metadata ?? {}) };
    } finally {
      body.destroy();
    }
  }

  /**
   * Sends up to 5 MiB in one request, more in parts; S3 checks the SHA-256 of each. `ifAbsent` is
   * `If-None-Match: *`, preceded by a HEAD. The HEAD avoids sending content that would be refused,
   * and some stores (such as the emulator fauxqs) ignore the header. A retry after a lost response
   * may find its own object and fail with `ERR_CONFLICT`.
   */
  const put: ObjectStore['put'] = async (key, content, { metadata = {}, ifAbsent = false, ownTime = false } = {}) => {
    requireLegal(bucket, key);
    const what = `${bucket}/${key}`;
    const params = {
      ...{ Bucket: bucket, Key: key, Metadata: fitMetadata(metadata), ChecksumAlgorithm: 'SHA256' as const },
      ...(ifAbsent ? { IfNoneMatch: '*' } : {}),
    };
    if (ifAbsent) await requireAbsent(place, key);
    const { output, size } = await sendToS3({ client, params, content, what });
    const { ETag: etag, VersionId: versionId } = output;
    if (etag === undefined) throw unavailable(what, 'the response lacks the ETag');
    const version = objectVersion({ etag, ...(versioned && versionId !== undefined ? { versionId } : {}) });
    const byOwnClock = () => ({ bucket, key, version, size, arrivedAt: arrivedAtOf(new Date()) });
    if (ownTime) return byOwnClock();
    // Only S3 knows when it arrived. It has arrived, even if this fails: another writer may have
    // overwritten it, or the role may not read.
    return head({ key, version }).catch(byOwnClock);
  };

  return {
    bucket,
    head,
    describe: (ref) => describe(ref, { sums: true, reasons: false }),
    read,
    list: (options) => translated(bucket, () => list(options)),
    put,
  };
}

/** @throws RearviewError `ERR_CONFLICT` where the key exists */
async function requireAbsent({ client, bucket }: { client: S3Client; bucket: string }, key: string): Promise<void> {
  const what = `${bucket}/${key}`;
  try {
    await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
  } catch (error) {
    // The request that puts the object checks whether it is allowed: a role may be allowed to write
    // and not to read.
    if (statusOf(error) !== undefined) return;
    throw translateS3Error(error, what);
  }
  throw existsAlready(what);
}

/**
 * For a multipart upload, S3 has the checksum of the checksums, which ends with the number of
 * parts: `abc…=-3`.
 */
function storedSumOf({ ChecksumSHA256: sum }: Description): { readonly storedSum?: StoredSum } {
  const [, base64, parts] = /^([A-Za-z0-9+/]{43}=)(-\d+)?$/.exec(sum ?? '') ?? [];
  if (base64 === undefined) return {};
  const sha256 = Buffer.from(base64, 'base64').toString('hex');
  return { storedSum: { of: parts === undefined ? 'whole' : 'parts', sha256 } };
}

async function translated<T>(what: string, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    throw translateS3Error(error, what);
  }
}

function bodyOf({ Body: body }: GetObjectCommandOutput, what: string): Readable {
  if (body instanceof Readable) return body;
  throw unavailable(what, 'the response has no body');
}

function isLegal(key: string): boolean {
  const bytes = Buffer.byteLength(key);
  return bytes > 0 && bytes <= maxKeyBytes && key.isWellFormed();
}

function requireLegal(bucket: string, key: string): void {
  if (isLegal(key)) return;
  throw new RearviewError(
    'ERR_CONFIG',
    `Cannot store the key "${key.slice(0, 80)}" in ${bucket}: use well-formed text of 1 to ${maxKeyBytes} bytes.`,
  );
}

function changed(what: string): RearviewError {
  return new RearviewError('ERR_OBJECT_CHANGED', `${what} is no longer the requested version.`, { retryable: true });
}
