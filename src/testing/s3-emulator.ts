import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { CreateBucketCommand, S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import type { ExecutionContext } from 'ava';
import { buildApp } from 'fauxqs';
import {
  type Answer,
  latestEntries,
  listing,
  type Request,
  type Version,
  versionEntries,
  versioningAnswer,
  xmlAnswer,
} from './s3-emulator-answers.ts';
import type { EventObject } from './s3-events.ts';

export interface S3EmulatorOptions {
  /** Whether buckets keep versions. Default: false. */
  readonly versioned?: boolean;
  /** Told of every object that was written, as S3 tells of it. Default: nobody. */
  readonly onCreated?: (object: EventObject) => void;
}

/** A client of an S3 server on the loopback device that may answer with anything. */
export function s3ClientOf(t: Pick<ExecutionContext, 'teardown'>, port: number, config: S3ClientConfig = {}): S3Client {
  const client = new S3Client({
    ...{ endpoint: `http://127.0.0.1:${port}`, region: 'us-east-1', forcePathStyle: true },
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    ...config,
  });
  t.teardown(() => client.destroy());
  return client;
}

/**
 * fauxqs, and before it what it lacks of S3: listings in the order of UTF-8 bytes and with encoded keys, `If-None-Match: *` on writes, `If-Match`
 * on HEAD, and buckets that keep versions. Requests are served one after the other. Listings hold up to 1,000 objects.
 */
export async function startS3Emulator(
  t: Pick<ExecutionContext, 'teardown'>,
  { versioned = false, onCreated = () => undefined }: S3EmulatorOptions = {},
): Promise<{ readonly client: S3Client; readonly bucket: string; readonly endpoint: string }> {
  const app = buildApp({ logger: false });
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as AddressInfo;
  const serve = serveLikeS3((each) => forward(port, each), { versioned, onCreated });
  let before: Promise<unknown> = Promise.resolve();
  const server = createServer((incoming, response) => {
    const step = async () => send(response, await serve(await readRequest(incoming)));
    before = before.then(step).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  t.teardown(async () => {
    server.closeAllConnections();
    server.close();
    await app.close();
  });
  const served = (server.address() as AddressInfo).port;
  const client = s3ClientOf(t, served);
  await client.send(new CreateBucketCommand({ Bucket: 'corpus' }));
  return { client, bucket: 'corpus', endpoint: `http://127.0.0.1:${served}` };
}

type Serve = (each: Request) => Promise<Answer>;

function serveLikeS3(inner: Serve, { versioned, onCreated }: Required<S3EmulatorOptions>): Serve {
  let all: Version[] = [];
  let count = 0;
  const tell = (path: string, { headers }: Answer, versionId?: string) =>
    onCreated({
      ...{ bucket: bucketOf(path), key: keyOf(path), size: Number(headers['content-length']) },
      ...{ etag: String(headers.etag).replaceAll('"', ''), ...(versionId === undefined ? {} : { versionId }) },
    });
  return async (each) => {
    const { method, query, headers } = each;
    const versions = all.filter(({ bucket }) => bucket === bucketOf(each.path));
    const isObject = /^\/[^/]+\/./s.test(each.path);
    if (method === 'GET' && !isObject && query.has('versioning')) return versioningAnswer(versioned);
    if (method === 'GET' && !isObject && (query.has('versions') || query.has('list-type'))) {
      const latest = await inner({ ...each, raw: `${each.path}?list-type=2&max-keys=1000` });
      if (latest.status !== 200) return latest;
      return listing(each, query, query.has('versions') ? versionEntries(versions) : latestEntries(latest));
    }
    const writes =
      isObject && ((method === 'PUT' && !query.has('partNumber')) || (method === 'POST' && query.has('uploadId')));
    if (writes && headers['if-none-match'] === '*') {
      if ((await inner(headOf(each))).status === 200) return failure(412, 'PreconditionFailed', 'It exists.');
    }
    if (versioned && isObject && (method === 'GET' || method === 'HEAD')) return versionAnswer(versions, each);
    const doomed = query.get('versionId');
    if (versioned && isObject && method === 'DELETE' && doomed !== null) {
      all = all.filter(
        (version) => version.id !== doomed || !versions.includes(version) || version.key !== keyOf(each.path),
      );
      const isLeft = all.some(({ bucket, key }) => bucket === bucketOf(each.path) && key === keyOf(each.path));
      return isLeft ? { status: 204, headers: {}, body: Buffer.alloc(0) } : inner({ ...each, raw: each.path });
    }
    const answer = await inner(each);
    if (method === 'HEAD' && headers['if-match'] !== undefined && answer.status === 200) {
      if (headers['if-match'] !== answer.headers.etag) return failure(412, 'PreconditionFailed', '');
    }
    if (
      !versioned ||
      answer.status >= 300 ||
      !(writes || (isObject && method === 'DELETE' && !query.has('uploadId')))
    ) {
      if (!versioned && writes && answer.status < 300) tell(each.path, await inner(headOf(each)));
      return answer;
    }
    const id = `v${String(count++).padStart(4, '0')}`;
    const stored = method === 'DELETE' ? null : await inner({ ...headOf(each), method: 'GET' });
    all.push({ id, bucket: bucketOf(each.path), key: keyOf(each.path), answer: stored });
    if (stored !== null) tell(each.path, stored, id);
    const mark = stored === null ? { 'x-amz-delete-marker': 'true' } : {};
    return { ...answer, headers: { ...answer.headers, ...mark, 'x-amz-version-id': id } };
  };
}

const headOf = (each: Request): Request => ({
  ...{ method: 'HEAD', path: each.path, raw: each.path, query: new URLSearchParams() },
  ...{ headers: { 'x-amz-checksum-mode': 'ENABLED' }, body: Buffer.alloc(0) },
});

function versionAnswer(versions: readonly Version[], { path, query, headers }: Request): Answer {
  const id = query.get('versionId');
  const all = versions.filter(({ key }) => key === keyOf(path));
  const found = id === null ? all.at(-1) : all.find((each) => each.id === id);
  if (found === undefined) {
    return id === null
      ? failure(404, 'NoSuchKey', 'No.')
      : failure(400, 'InvalidArgument', 'Invalid version id specified');
  }
  if (found.answer === null) {
    const answer = id === null ? failure(404, 'NoSuchKey', 'No.') : failure(405, 'MethodNotAllowed', 'No.');
    return { ...answer, headers: { ...answer.headers, 'x-amz-delete-marker': 'true' } };
  }
  const { etag } = found.answer.headers;
  if ((headers['if-match'] ?? etag) !== etag) return failure(412, 'PreconditionFailed', 'No.');
  return { ...found.answer, headers: { ...found.answer.headers, 'x-amz-version-id': found.id } };
}

function keyOf(path: string): string {
  return decodeURIComponent(path.replace(/^\/[^/]+\//, ''));
}

function bucketOf(path: string): string {
  return path.split('/')[1] ?? '';
}

/** As S3 says that it does not do what it was asked to. */
export function failure(status: number, code: string, message: string, fields = ''): Answer {
  return xmlAnswer(status, `<Error><Code>${code}</Code><Message>${message}</Message>${fields}</Error>`);
}

async function readRequest(incoming: IncomingMessage): Promise<Request> {
  const { method = 'GET', url: raw = '/', headers } = incoming;
  const [path = '', query = ''] = raw.split('?');
  return { method, path, query: new URLSearchParams(query), raw, headers, body: await buffer(incoming) };
}

function forward(port: number, { method, raw, headers, body }: Request): Promise<Answer> {
  const { 'transfer-encoding': _, connection: __, ...kept } = headers;
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, method, path: raw, headers: { ...kept, 'content-length': body.length } };
    const outgoing = request(options, (response) => {
      buffer(response).then((answer) => {
        const { connection: ___, 'keep-alive': ____, 'transfer-encoding': _____, ...rest } = response.headers;
        resolve({ status: response.statusCode ?? 0, headers: rest, body: answer });
      }, reject);
    });
    outgoing.once('error', reject);
    outgoing.end(body);
  });
}

function send(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, headers);
  response.end(response.req.method === 'HEAD' ? undefined : body);
}
