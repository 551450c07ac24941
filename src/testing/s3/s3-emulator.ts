import type { AddressInfo } from 'node:net';
import { CreateBucketCommand, S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { buildApp } from 'fauxqs';
import { forward, type HttpRequest, startHttpServer } from '../http/http-proxy.ts';
import type { Teardown } from '../teardown.ts';
import { answerOfCopy, copySourceOf, putOfCopy } from './s3-copy.ts';
import type { EventObject } from './s3-events.ts';
import {
  bucketOf,
  failure,
  headOf,
  isObjectPath,
  keyOf,
  type S3Answer,
  type S3Request,
  type ServeS3,
} from './s3-http.ts';
import { latestEntries, listing, newestEntries, nullVersions, type Version, versionEntries } from './s3-listings.ts';
import { createNotifications } from './s3-notifications.ts';
import { createTagSets } from './s3-tag-sets.ts';
import { latestOnly, versionAnswer, versioningAnswer } from './s3-versions.ts';

export { failure } from './s3-http.ts';

export interface S3EmulatorOptions {
  /** Whether buckets keep versions, or which of them do. Default: false. */
  readonly versioned?: boolean | ((bucket: string) => boolean);
  /** Called for every object that was written, like a notification of S3. Default: no call. */
  readonly onCreated?: (object: EventObject) => void;
  /**
   * Returns the time at which a key counts as written, in buckets that keep versions. Default, and
   * for undefined: the actual time.
   */
  readonly modifiedAt?: (key: string) => Date | undefined;
  /**
   * Receives each request before it is served. `serve` serves this or any other request; null closes
   * the connection. Default: all are served.
   */
  readonly intercept?: (each: S3Request, serve: ServeS3) => Promise<S3Answer | null>;
}

type Options = Required<S3EmulatorOptions>;

/** A client of an S3 server on the loopback device that may send any response. */
export function s3ClientOf(t: Teardown, port: number, config: S3ClientConfig = {}): S3Client {
  const client = new S3Client({
    ...{ endpoint: `http://127.0.0.1:${port}`, region: 'us-east-1', forcePathStyle: true },
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    ...config,
  });
  t.teardown(() => client.destroy());
  return client;
}

/**
 * fauxqs, with a layer that adds missing features of S3: listings in the order of UTF-8 bytes and
 * with encoded keys, `If-None-Match: *` on writes, `If-Match` on HEAD and DELETE, tags, copies of one
 * version, buckets that keep versions, and their notification settings (which are stored, but send
 * nothing). Requests are served one after the other. Listings have up to 1,000 objects.
 */
export async function startS3Emulator(
  t: Teardown,
  {
    versioned = false,
    onCreated = () => undefined,
    modifiedAt = () => undefined,
    intercept = (each, serve) => serve(each),
  }: S3EmulatorOptions = {},
): Promise<{ readonly client: S3Client; readonly bucket: string; readonly endpoint: string }> {
  const app = buildApp({ logger: false });
  await app.listen({ port: 0, host: '127.0.0.1' });
  const inner = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  const keepsVersions = typeof versioned === 'function' ? versioned : () => versioned;
  const serve = serveLikeS3(({ raw: url, ...each }) => forward(inner, { ...each, url }), {
    versioned: keepsVersions,
    onCreated,
    modifiedAt,
  });
  let before: Promise<unknown> = Promise.resolve();
  const endpoint = await startHttpServer(t, (request) => {
    const answer = before.then(() => intercept(requestOf(request), serve));
    before = answer.catch(() => undefined);
    return answer;
  });
  t.teardown(() => app.close());
  const client = s3ClientOf(t, Number(new URL(endpoint).port));
  await client.send(new CreateBucketCommand({ Bucket: 'corpus' }));
  return { client, bucket: 'corpus', endpoint };
}

function serveLikeS3(
  inner: ServeS3,
  { versioned, onCreated, modifiedAt }: Pick<Options, 'onCreated' | 'modifiedAt'> & KeepsVersions,
): ServeS3 {
  const all: Version[] = [];
  const tags = createTagSets();
  const notifications = createNotifications();
  const isVersioned = ({ path }: Pick<S3Request, 'path'>) => versioned(bucketOf(path));
  let count = 0;
  const notify = (path: string, { headers }: S3Answer, versionId?: string) =>
    onCreated({
      ...{ bucket: bucketOf(path), key: keyOf(path), size: Number(headers['content-length']) },
      ...{ etag: String(headers.etag).replaceAll('"', ''), ...(versionId === undefined ? {} : { versionId }) },
    });
  const versionsIn = (path: string) => all.filter(({ bucket }) => bucket === bucketOf(path));
  const read = (each: S3Request) =>
    isVersioned(each) ? Promise.resolve(versionAnswer(versionsIn(each.path), each)) : latestOnly(inner, each);
  const newestId = (path: string) => versionsIn(path).findLast(({ key }) => key === keyOf(path))?.id ?? '';
  const tagsId = (path: string, version: string | null) =>
    JSON.stringify([bucketOf(path), keyOf(path), isVersioned({ path }) ? (version ?? newestId(path)) : '']);

  return async (each) => {
    const { method, query, headers } = each;
    const versions = versionsIn(each.path);
    const isObject = isObjectPath(each.path);
    if (method === 'GET' && !isObject && query.has('versioning')) return versioningAnswer(isVersioned(each));
    if (!isObject && query.has('notification')) {
      const latest = await inner(firstPage(each));
      return latest.status === 200 ? notifications.serve(each) : latest;
    }
    if (method === 'GET' && !isObject && (query.has('versions') || query.has('list-type'))) {
      // Checks that the bucket exists.
      const latest = await inner(firstPage(each));
      if (latest.status !== 200) return latest;
    }
    if (method === 'GET' && !isObject && query.has('versions')) {
      const all = isVersioned(each) ? versionEntries(versions) : nullVersions(await latestEntries(inner, each));
      return listing(each, query, all);
    }
    if (method === 'GET' && !isObject && query.has('list-type'))
      return listing(each, query, isVersioned(each) ? newestEntries(versions) : await latestEntries(inner, each));
    if (isObject && query.has('tagging')) {
      const found = await read({ ...headOf(each), query });
      return found.status === 200 ? tags.serve(tagsId(each.path, query.get('versionId')), each) : withBody(found);
    }
    const source = isObject ? copySourceOf(each) : null;
    if (source !== null) {
      const { path, versionId } = source;
      const asked = new URLSearchParams(versionId === null ? {} : { versionId });
      const put = putOfCopy(each, await read({ ...headOf({ ...each, path }), method: 'GET', query: asked }));
      return 'status' in put ? put : answerOfCopy(await write(put, tagsId(path, versionId)), source);
    }
    if (isObject && isVersioned(each) && (method === 'GET' || method === 'HEAD')) return versionAnswer(versions, each);
    const isPut = method === 'PUT' && !query.has('partNumber');
    if (isObject && (isPut || (method === 'POST' && query.has('uploadId')))) return write(each, null);
    if (isObject && method === 'DELETE' && !query.has('uploadId')) return remove(each);
    const answer = await latestOnly(inner, each);
    if (method === 'HEAD' && headers['if-match'] !== undefined && answer.status === 200) {
      if (headers['if-match'] !== answer.headers.etag) return failure(412, 'PreconditionFailed', '');
    }
    return answer;
  };

  async function write(each: S3Request, copiedFrom: string | null): Promise<S3Answer> {
    if (each.headers['if-none-match'] === '*' && (await read(headOf(each))).status === 200) {
      return failure(412, 'PreconditionFailed', 'It exists.');
    }
    const answer = await inner(each);
    if (answer.status >= 300) return answer;
    const id = isVersioned(each)
      ? begin(each.path, modified(await inner({ ...headOf(each), method: 'GET' }), modifiedAt(keyOf(each.path))))
      : undefined;
    tags.begin(tagsId(each.path, id ?? null), each, copiedFrom);
    notify(each.path, await inner(headOf(each)), id);
    return id === undefined ? answer : { ...answer, headers: { ...answer.headers, 'x-amz-version-id': id } };
  }

  function begin(path: string, answer: S3Answer | null): string {
    const id = `v${String(count++).padStart(4, '0')}`;
    all.push({ id, bucket: bucketOf(path), key: keyOf(path), answer });
    return id;
  }

  async function remove(each: S3Request): Promise<S3Answer> {
    const id = each.query.get('versionId');
    const deleted = { status: 204, body: Buffer.alloc(0) };
    if (isVersioned(each) && id !== null) {
      const place = all.findIndex((version) => version.id === id && version.key === keyOf(each.path));
      const [found] = place < 0 ? [] : all.splice(place, 1);
      const mark = found?.answer === null ? { 'x-amz-delete-marker': 'true' } : {};
      return { ...deleted, headers: { 'x-amz-version-id': id, ...mark } };
    }
    const condition = each.headers['if-match'];
    if (condition !== undefined) {
      const { status, headers } = await read(headOf(each));
      if (status !== 200) return failure(404, 'NoSuchKey', 'No.');
      if (condition !== '*' && condition !== headers.etag) return failure(412, 'PreconditionFailed', 'It is another.');
    }
    const answer = await inner(each);
    if (!isVersioned(each) || answer.status >= 300) return answer;
    return {
      ...deleted,
      headers: { 'x-amz-version-id': begin(each.path, null), 'x-amz-delete-marker': 'true' },
    };
  }
}

interface KeepsVersions {
  readonly versioned: (bucket: string) => boolean;
}

/** A request that shows whether the bucket exists. */
function firstPage(each: S3Request): S3Request {
  return { ...each, method: 'GET', raw: `${each.path}?list-type=2&max-keys=1`, body: Buffer.alloc(0) };
}

/** A response to HEAD has no body; responses to other requests for missing objects have one. */
function withBody(answer: S3Answer): S3Answer {
  return answer.body.length > 0 ? answer : failure(404, 'NoSuchKey', 'No.');
}

function modified(answer: S3Answer, at: Date | undefined): S3Answer {
  return at === undefined ? answer : { ...answer, headers: { ...answer.headers, 'last-modified': at.toUTCString() } };
}

function requestOf({ method, url: raw, headers, body }: HttpRequest): S3Request {
  const [path = '', query = ''] = raw.split('?');
  return { method, path, query: new URLSearchParams(query), raw, headers, body };
}
