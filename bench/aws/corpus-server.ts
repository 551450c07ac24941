import { forward, type HttpAnswer, type HttpRequest } from '../../src/testing/http/http-proxy.ts';
import { failure, xmlAnswer } from '../../src/testing/s3/s3-http.ts';
import { type GeneratedObject, generateObject, keysBelow } from './objects.ts';

/** Every object has the current time and this version. */
const modified = new Date('2026-01-02T03:04:05Z');
export const versionId = 'bench-version-0000000000000000001';

/**
 * A bucket of generated objects, `corpus`, that serves GetObject, HeadObject and
 * ListObjectVersions, and is not a bottleneck. Everything else is forwarded to `target`.
 */
export function serveCorpus(target: string): (request: HttpRequest) => Promise<HttpAnswer> {
  return async (request) => {
    const { method, url } = request;
    const { pathname, searchParams } = new URL(url, target);
    const [, bucket, ...rest] = pathname.split('/').map(decodeURIComponent);
    const isRead = bucket === 'corpus' && (method === 'GET' || method === 'HEAD');
    if (!isRead) return forward(target, request);
    return searchParams.has('versions') ? list(searchParams) : objectAnswer(generateObject(rest.join('/')), method);
  };
}

function etagOf({ sha256 }: GeneratedObject): string {
  return `"${sha256.toString('hex').slice(0, 32)}"`;
}

/** With the checksum that an upload by Rearview leaves, which the SDK checks. */
function objectAnswer(object: GeneratedObject | null, method: string): HttpAnswer {
  if (object === null) return failure(404, 'NoSuchKey', 'The specified key does not exist.');
  const headers = {
    'content-length': object.size,
    'content-type': 'application/octet-stream',
    'last-modified': modified.toUTCString(),
    etag: etagOf(object),
    'x-amz-version-id': versionId,
    'x-amz-checksum-sha256': object.sha256.toString('base64'),
    'x-amz-checksum-type': 'FULL_OBJECT',
    'x-amz-meta-filepath': `/bench/${object.key}`,
  };
  return { status: 200, headers, body: method === 'HEAD' ? '' : Buffer.concat([object.head, object.tail]) };
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html */
function list(query: URLSearchParams): HttpAnswer {
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
  return xmlAnswer(
    200,
    `<ListVersionsResult><Name>corpus</Name><EncodingType>url</EncodingType><IsTruncated>${isTruncated}</IsTruncated>${next}${versions.join('')}</ListVersionsResult>`,
  );
}
