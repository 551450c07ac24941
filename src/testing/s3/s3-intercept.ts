import { createServer, type IncomingHttpHeaders, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { listenOnLoopback } from '../http/listen-on-loopback.ts';
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
  /** Aborted when whoever asked goes away. */
  readonly signal: AbortSignal;
}

export interface S3InterceptAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>> | IncomingHttpHeaders;
  readonly body: Uint8Array | string;
}

/** Answers in the place of S3; null lets the request pass. */
export type Intercept = (request: S3Request) => Promise<S3InterceptAnswer | null> | S3InterceptAnswer | null;

/** Stands before an S3 server, on the loopback device. Answers its endpoint. */
export async function startS3Intercept(t: Teardown, endpoint: string, intercept: Intercept): Promise<string> {
  const port = Number(new URL(endpoint).port);
  const server = createServer((incoming, response) => {
    const step = async () => {
      const gone = new AbortController();
      response.once('close', () => gone.abort());
      const body = await buffer(incoming);
      const answer = await intercept(requestOf(incoming, gone.signal));
      if (answer === null) return forward(port, incoming, body, response);
      response.writeHead(answer.status, answer.headers);
      response.end(incoming.method === 'HEAD' ? undefined : answer.body);
    };
    step().catch(() => response.destroy());
  });
  const own = await listenOnLoopback(t, server);
  return `http://127.0.0.1:${own}`;
}

function requestOf({ method = '', url = '', headers }: IncomingMessage, signal: AbortSignal): S3Request {
  const [path = '', query = ''] = url.split('?');
  const [, bucket = '', key = ''] = /^\/([^/]*)\/?(.*)$/s.exec(path) ?? [];
  return {
    ...{ method, headers, signal, query: new URLSearchParams(query) },
    ...{ bucket: decodeURIComponent(bucket), key: decodeURIComponent(key) },
  };
}

function forward(port: number, incoming: IncomingMessage, body: Buffer, response: ServerResponse): void {
  const { method, url, headers } = incoming;
  const outgoing = request({ host: '127.0.0.1', port, method, path: url, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  outgoing.once('error', () => response.destroy());
  outgoing.end(body);
}
