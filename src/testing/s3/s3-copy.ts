import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { failure, type S3Answer, type S3Request, xmlAnswer } from './s3-http.ts';

/** Headers that a copy keeps or replaces. */
const described = /^(x-amz-meta-.*|content-type|cache-control|content-disposition|content-encoding|content-language)$/;

/**
 * The source that the header of `CopyObject` names:
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
 */
export interface CopySource {
  /** The path, as in a request for the object. */
  readonly path: string;
  readonly versionId: string | null;
}

/** The source of a copy; null if the request is not a copy. */
export function copySourceOf({ method, query, headers }: S3Request): CopySource | null {
  const source = headers['x-amz-copy-source'];
  if (method !== 'PUT' || typeof source !== 'string' || query.has('partNumber')) return null;
  const [path = '', rest = ''] = source.split('?versionId=');
  return { path: `/${path.replace(/^\//, '')}`, versionId: rest === '' ? null : decodeURIComponent(rest) };
}

/**
 * The PUT that has the effect of a copy, given the response to a GET of its source; or the error if
 * the copy is refused.
 */
export function putOfCopy(request: S3Request, source: S3Answer): S3Request | S3Answer {
  if (source.status !== 200) return source;
  const { headers } = request;
  if ((headers['x-amz-copy-source-if-match'] ?? source.headers.etag) !== source.headers.etag) {
    return failure(412, 'PreconditionFailed', 'At least one of the pre-conditions you specified did not hold');
  }
  const from = headers['x-amz-metadata-directive'] === 'REPLACE' ? headers : source.headers;
  const kept = Object.fromEntries(Object.entries(from).filter(([name]) => described.test(name)));
  const own = ['if-none-match', 'x-amz-tagging', 'x-amz-tagging-directive'].flatMap((name) =>
    headers[name] === undefined ? [] : [[name, headers[name]] as const],
  );
  return { ...request, body: source.body, headers: { ...kept, ...Object.fromEntries(own), ...sums(headers, source) } };
}

/** The response to a copy, given the response to its PUT. */
export function answerOfCopy(put: S3Answer, source: CopySource): S3Answer {
  if (put.status >= 300) return put;
  const sha256 = put.headers['x-amz-checksum-sha256'];
  const checksum = sha256 === undefined ? '' : `<ChecksumSHA256>${String(sha256)}</ChecksumSHA256>`;
  const time = new Date().toISOString();
  const { body, headers } = xmlAnswer(
    200,
    `<CopyObjectResult><ETag>${put.headers.etag}</ETag><LastModified>${time}</LastModified>${checksum}</CopyObjectResult>`,
  );
  const version = put.headers['x-amz-version-id'];
  return {
    ...{ status: 200, body },
    headers: {
      ...headers,
      ...(version === undefined ? {} : { 'x-amz-version-id': version }),
      ...(source.versionId === null ? {} : { 'x-amz-copy-source-version-id': source.versionId }),
    },
  };
}

function sums(headers: IncomingHttpHeaders, source: S3Answer): IncomingHttpHeaders {
  if (headers['x-amz-checksum-algorithm'] === 'SHA256') {
    return { 'x-amz-checksum-sha256': createHash('sha256').update(source.body).digest('base64') };
  }
  const known = /^x-amz-checksum-(?!mode|type|algorithm)/;
  return Object.fromEntries(Object.entries(source.headers).filter(([name]) => known.test(name)));
}
