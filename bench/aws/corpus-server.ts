import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type GeneratedObject, generateObject, keysBelow } from './objects.ts';

/** Every object has the current time and this version. */
const modified = new Date('2026-01-02T03:04:05Z');
export const versionId = 'bench-version-0000000000000000001';

/**
 * A bucket of generated objects, `corpus`, that serves GetObject, HeadObject and
 * ListObjectVersions, and is not a bottleneck. Everything else is forwarded to `target`. Returns
 * its endpoint.
 */
export async function startCorpusServer(target: string): Promise<string> {
  const server = createServer((incoming, response) => {
    const { method = '', url = '' } = incoming;
    const { pathname, searchParams } = new URL(url, 'http://127.0.0.1');
    const [, bucket, ...rest] = pathname.split('/').map(decodeURIComponent);
    const isRead = bucket === 'corpus' && (method === 'GET' || method === 'HEAD');
    if (!isRead) passOn(target, incoming, response);
    else if (searchParams.has('versions')) list(searchParams, response);
    else sendObject(generateObject(rest.join('/')), method, response);
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function etagOf({ sha256 }: GeneratedObject): string {
  return `"${sha256.toString('hex').slice(0, 32)}"`;
}

/** With the checksum of an upload by Rearview, which the SDK checks. */
function sendObject(object: GeneratedObject | null, method: string, response: ServerResponse): void {
  if (object === null) {
    response.writeHead(404, { 'content-type': 'application/xml' });
    response.end('<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>');
    return;
  }
  response.writeHead(200, {
    'content-length': object.size,
    'content-type': 'application/octet-stream',
    'last-modified': modified.toUTCString(),
    etag: etagOf(object),
    'x-amz-version-id': versionId,
    'x-amz-checksum-sha256': object.sha256.toString('base64'),
    'x-amz-checksum-type': 'FULL_OBJECT',
    'x-amz-meta-filepath': `/bench/${object.key}`,
  });
  if (method === 'HEAD') response.end();
  else {
    response.write(object.head);
    response.end(object.tail);
  }
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html */
function list(query: URLSearchParams, response: ServerResponse): void {
  const after = query.get('key-marker') ?? '';
  const keys = keysBelow(query.get('prefix') ?? '').filter((key) => key > after);
  const page = keys.slice(0, Number(query.get('max-keys') ?? 1000));
  const versions = page.flatMap((key) => {
    const object = generateObject(key);
    if (object === null) return [];
    const etag = etagOf(object).replaceAll('"', '&quot;');
    return `<Version><Key>${key}</Key><VersionId>${versionId}</VersionId><IsLatest>true</IsLatest><LastModified>${modified.toISOString()}</LastModified><ETag>${etag}</ETag><Size>${object.size}</Size></Version>`;
  });
  const isTruncated = page.length < keys.length;
  const next = isTruncated
    ? `<NextKeyMarker>${page.at(-1)}</NextKeyMarker><NextVersionIdMarker>${versionId}</NextVersionIdMarker>`
    : '';
  response.writeHead(200, { 'content-type': 'application/xml' });
  response.end(
    `<?xml version="1.0" encoding="UTF-8"?><ListVersionsResult><Name>corpus</Name><EncodingType>url</EncodingType><IsTruncated>${isTruncated}</IsTruncated>${next}${versions.join('')}</ListVersionsResult>`,
  );
}

function passOn(target: string, incoming: IncomingMessage, response: ServerResponse): void {
  const { method, url, headers } = incoming;
  const outgoing = request({ host: '127.0.0.1', port: new URL(target).port, method, path: url, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  outgoing.once('error', () => response.destroy());
  incoming.pipe(outgoing);
}
