import { createHash } from 'node:crypto';
import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import type { S3ClientConfig } from '@aws-sdk/client-s3';
import test, { type ExecutionContext } from 'ava';
import { type ErrorCode, hasCode } from '../../../domain/errors.ts';
import type { ObjectStore } from '../../../ports/object-store.ts';
import { listenOnLoopback } from '../../../testing/http/listen-on-loopback.ts';
import { failure, s3ClientOf } from '../../../testing/s3/s3-emulator.ts';
import { createS3ObjectStore } from './s3-object-store.ts';

const bucket = 'corpus';
const etag = `"${'0'.repeat(32)}"`;
const ref = { bucket, key: 'in/a', version: `etag:${etag}` };
const described = { etag, 'last-modified': 'Wed, 01 Jan 2025 00:00:00 GMT' };

/** A store whose S3 sends the given response, and gets one request. */
async function storeBehind(
  t: ExecutionContext,
  listener: RequestListener,
  { stallMs = 5000, ...config }: S3ClientConfig & { stallMs?: number } = {},
): Promise<ObjectStore> {
  const server = createServer(listener);
  const port = await listenOnLoopback(t, server);
  const client = s3ClientOf(t, port, { maxAttempts: 1, ...config });
  return createS3ObjectStore({ client, bucket, stallMs });
}

const respondsWith = (status: number, code: string, fields = '', headers = {}): RequestListener => {
  const { body, headers: common } = failure(status, code, `About ${code}.`, fields);
  return (request, response) => {
    request.resume();
    response.writeHead(status, { ...common, ...headers });
    response.end(request.method === 'HEAD' ? undefined : body);
  };
};

interface Expected {
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly message?: string;
}

async function throws(t: ExecutionContext, promise: Promise<unknown>, expected: Expected, title = ''): Promise<void> {
  const error = await t.throwsAsync(promise, undefined, title);
  if (!hasCode(error, expected.code)) return t.fail(`${title}: ${String(error)}`);
  t.is(error.retryable, expected.retryable, title);
  t.true(error.message.includes(bucket), error.message);
  t.true(error.message.includes(expected.message ?? ''), error.message);
  return undefined;
}

const gone = { code: 'ERR_OBJECT_GONE', retryable: false } as const;
const denied = { code: 'ERR_OBJECT_DENIED', retryable: true } as const;
const changed = { code: 'ERR_OBJECT_CHANGED', retryable: true } as const;
const unavailable = { code: 'ERR_UNAVAILABLE', retryable: true } as const;
const config = { code: 'ERR_CONFIG', retryable: false } as const;
const archived = '<StorageClass>DEEP_ARCHIVE</StorageClass><AccessTier>DEEP_ARCHIVE_ACCESS</AccessTier>';

const answers: readonly (readonly [RequestListener, string, Expected])[] = [
  [respondsWith(404, 'NoSuchKey'), 'no key', gone],
  [respondsWith(404, 'NoSuchVersion'), 'no version', gone],
  [respondsWith(404, 'NoSuchKey', '', { 'x-amz-delete-marker': 'true' }), 'deleted', gone],
  [respondsWith(405, 'MethodNotAllowed', '', { 'x-amz-delete-marker': 'true' }), 'the mark of a deletion', gone],
  [respondsWith(403, 'AccessDenied'), 'no permission', denied],
  [respondsWith(403, 'InvalidAccessKeyId'), 'no such user', denied],
  [respondsWith(400, 'ExpiredToken'), 'expired', denied],
  [respondsWith(400, 'KMS.DisabledException'), 'KMS key', denied],
  [respondsWith(400, 'InvalidRequest'), 'key of the customer', { code: 'ERR_OBJECT_DENIED', retryable: false }],
  [respondsWith(412, 'PreconditionFailed'), 'overwritten', changed],
  [
    respondsWith(403, 'InvalidObjectState', archived),
    'archived',
    { code: 'ERR_OBJECT_ARCHIVED', retryable: false, message: 'archived in DEEP_ARCHIVE DEEP_ARCHIVE_ACCESS' },
  ],
  [respondsWith(503, 'SlowDown'), 'throttled', unavailable],
  [respondsWith(500, 'InternalError'), 'failure', unavailable],
  [respondsWith(502, 'BadGateway'), 'gateway', unavailable],
  [respondsWith(429, 'TooManyRequests'), 'too many', unavailable],
  [respondsWith(400, 'RequestTimeout'), 'slow', unavailable],
  [respondsWith(404, 'NoSuchBucket'), 'no bucket', config],
  [respondsWith(301, 'PermanentRedirect'), 'another region', config],
];

test('each S3 response is translated, for HEAD and for GET', async (t) => {
  for (const [listener, title, expected] of answers) {
    const store = await storeBehind(t, listener);
    await throws(t, store.read(ref, { maxBytes: 9 }), expected, `read: ${title}`);
    await throws(t, store.head({ key: 'in/a' }), expected, `head: ${title}`);
  }
});

test('a failed listing is an error, never an empty listing', async (t) => {
  const cases = [
    [respondsWith(403, 'AccessDenied'), denied],
    [respondsWith(404, 'NoSuchBucket'), config],
    [respondsWith(503, 'SlowDown'), unavailable],
  ] as const;
  for (const [listener, expected] of cases) {
    await throws(t, (await storeBehind(t, listener)).list({ after: null, limit: 9 }), expected);
  }
});

test('each failed store is translated', async (t) => {
  const cases = [
    [respondsWith(403, 'AccessDenied'), denied],
    [respondsWith(503, 'SlowDown'), unavailable],
    [respondsWith(400, 'BadDigest'), unavailable],
    [respondsWith(404, 'NoSuchBucket'), config],
    [respondsWith(400, 'MetadataTooLarge'), config],
    [respondsWith(409, 'ConditionalRequestConflict'), unavailable],
  ] as const;
  for (const [listener, expected] of cases) {
    const store = await storeBehind(t, listener);
    await throws(t, store.put('a', Buffer.from('1'), { ifAbsent: true }), expected);
    await throws(t, store.put('a', new Uint8Array(6e6)), expected);
  }
  const raced = await storeBehind(t, (request, response) =>
    (request.method === 'HEAD' ? respondsWith(404, 'NotFound') : respondsWith(412, 'PreconditionFailed'))(
      request,
      response,
    ),
  );
  await throws(t, raced.put('a', Buffer.from('1'), { ifAbsent: true }), { code: 'ERR_CONFLICT', retryable: false });
});

test('keys that S3 does not accept are refused without a request', async (t) => {
  let asked = 0;
  const store = await storeBehind(t, (request, response) => {
    asked += 1;
    respondsWith(500, 'InternalError')(request, response);
  });
  for (const key of ['', 'a'.repeat(1025), 'ü'.repeat(513), '\ud800']) {
    await throws(t, store.put(key, Buffer.from('1'), { ifAbsent: true }), config);
    await throws(t, store.read({ ...ref, key }, { maxBytes: 9 }), gone);
    await throws(t, store.head({ key }), gone);
  }
  t.is(asked, 0);
});

const content = Buffer.alloc(300_000, 'x');
const sha256 = createHash('sha256').update(content).digest('base64');
const bodies: Readonly<Record<string, (response: ServerResponse) => void>> = {
  'cut off': (response) => {
    response.writeHead(200, { ...described, 'content-length': content.length });
    response.write(content.subarray(0, 100_000), () => response.destroy());
  },
  'cut off, with a checksum': (response) => {
    response.writeHead(200, { ...described, 'content-length': content.length, 'x-amz-checksum-sha256': sha256 });
    response.write(content.subarray(0, 100_000), () => response.destroy());
  },
  'cut off before its first byte': (response) => {
    response.writeHead(200, { ...described, 'content-length': content.length });
    response.flushHeaders();
    setTimeout(() => response.destroy(), 50);
  },
  stalled: (response) => {
    response.writeHead(200, { ...described, 'content-length': content.length });
    response.write(content.subarray(0, 100_000));
  },
  'stalled, with a checksum': (response) => {
    response.writeHead(200, { ...described, 'content-length': content.length, 'x-amz-checksum-sha256': sha256 });
    response.write(content.subarray(0, 100_000));
  },
  'of no announced length': (response) => {
    response.writeHead(200, described);
    response.end(content);
  },
  'damaged on its way': (response) => {
    response.writeHead(200, { ...described, 'content-length': content.length, 'x-amz-checksum-sha256': sha256 });
    response.end(Buffer.concat([content.subarray(1), Buffer.from('y')]));
  },
  'cut off in the head': (response) => {
    response.socket?.end('HTTP/1.1 200 OK\r\ncontent-le');
  },
  'no HTTP at all': (response) => {
    response.socket?.end('220 smtp ready\r\n');
  },
  'nothing at all': (response) => {
    response.destroy();
  },
};

for (const [title, answer] of Object.entries(bodies)) {
  test(`a body that is ${title} is never taken for the object`, async (t) => {
    const store = await storeBehind(t, (_, response) => answer(response), { stallMs: 200 });
    await throws(t, store.read(ref, { maxBytes: 1e6 }), unavailable);
  });
}

test('a complete body is read with one request, and only if it is of the requested version', async (t) => {
  let asked = 0;
  const store = await storeBehind(t, (_, response) => {
    asked += 1;
    response.writeHead(200, { ...described, 'content-length': content.length, 'x-amz-checksum-sha256': sha256 });
    response.end(content);
  });
  t.is(Buffer.compare((await store.read(ref, { maxBytes: 1e6 })).bytes, content), 0);
  t.is(asked, 1);
  await throws(t, store.read({ ...ref, version: `etag:"${'1'.repeat(32)}"` }, { maxBytes: 1e6 }), changed);
  await throws(t, store.read({ ...ref, version: 'x'.repeat(32) }, { maxBytes: 1e6 }), gone);
});

test('a server that is missing or does not respond is unavailable', async (t) => {
  const client = s3ClientOf(t, 1, { maxAttempts: 1 });
  const absent = createS3ObjectStore({ client, bucket });
  const requestHandler = { requestTimeout: 100, throwOnRequestTimeout: true };
  const silent = await storeBehind(t, () => undefined, { requestHandler });
  for (const store of [absent, silent]) {
    await throws(t, store.read(ref, { maxBytes: 9 }), unavailable);
    await throws(t, store.head(ref), unavailable);
    await throws(t, store.list({ after: null, limit: 9 }), unavailable);
    await throws(t, store.put('a', Buffer.from('1')), unavailable);
    await throws(t, store.put('a', Buffer.from('1'), { ifAbsent: true }), unavailable);
  }
});

test('missing credentials are a retryable denial', async (t) => {
  const credentials = () => Promise.reject(Object.assign(new Error('none'), { name: 'CredentialsProviderError' }));
  const store = await storeBehind(t, respondsWith(500, 'InternalError'), { credentials });
  await throws(t, store.read(ref, { maxBytes: 9 }), denied);
});

test('archived objects are listed, and an empty page is not taken for the end', async (t) => {
  const tokens: (string | null)[] = [];
  const store = await storeBehind(t, (request, response) => {
    const token = new URL(request.url ?? '', 'http://s3').searchParams.get('continuation-token');
    tokens.push(token);
    const object = `<Contents><Key>a+%2B</Key><Size>3</Size><ETag>${etag}</ETag><StorageClass>GLACIER</StorageClass>
      <LastModified>2025-01-01T00:00:00.500Z</LastModified></Contents>`;
    const rest = token === null ? '<NextContinuationToken>next</NextContinuationToken>' : object;
    response.end(
      `<ListBucketResult><EncodingType>url</EncodingType><IsTruncated>${token === null}</IsTruncated>${rest}</ListBucketResult>`,
    );
  });
  t.deepEqual(await store.list({ after: null, limit: 9 }), {
    objects: [{ bucket, key: 'a +', version: `etag:${etag}`, size: 3, arrivedAt: '2025-01-01T00:00:00.000Z' }],
    problems: [],
    next: null,
  });
  t.deepEqual(tokens, [null, 'next']);
});
