import type { IncomingHttpHeaders } from 'node:http';
import { forward, type HttpAnswer, type HttpRequest, startHttpServer } from '../http/http-proxy.ts';
import type { Teardown } from '../teardown.ts';

/** A request on its way to S3. */
export interface S3Request {
  readonly method: string;
  /** Decoded; empty for requests about all buckets. */
  readonly bucket: string;
  /** Decoded; empty for requests about the bucket. */
  readonly key: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** Aborted when the client disconnects. */
  readonly signal: AbortSignal;
}

/** Responds in place of S3; null lets the request pass. */
export type Intercept = (request: S3Request) => Promise<HttpAnswer | null> | HttpAnswer | null;

/** Starts a proxy before an S3 server, on the loopback device. Returns its endpoint. */
export function startS3Intercept(t: Teardown, endpoint: string, intercept: Intercept): Promise<string> {
  return startHttpServer(t, async (request) => (await intercept(requestOf(request))) ?? forward(endpoint, request));
}

function requestOf({ method, url, headers, signal }: HttpRequest): S3Request {
  const [path = '', query = ''] = url.split('?');
  const [, bucket = '', key = ''] = /^\/([^/]*)\/?(.*)$/s.exec(path) ?? [];
  return {
    ...{ method, headers, signal, query: new URLSearchParams(query) },
    ...{ bucket: decodeURIComponent(bucket), key: decodeURIComponent(key) },
  };
}
