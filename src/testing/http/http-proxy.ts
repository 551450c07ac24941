import { createServer, type IncomingHttpHeaders, type OutgoingHttpHeaders, request as send } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { Teardown } from '../teardown.ts';
import { listenOnLoopback } from './listen-on-loopback.ts';

export interface HttpRequest {
  readonly method: string;
  /** Path and query as sent: neither decoded nor freed of `..`. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Aborts when the client goes away. */
  readonly signal: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Buffer | string;
}

/** Answers a request, `forward` among others; null hangs up, as an error does. */
export type ServeHttp = (request: HttpRequest) => Promise<HttpAnswer | null>;

/** Headers that concern one connection, of which a proxy has two. */
const connectionHeaders = ['connection', 'keep-alive', 'transfer-encoding'];

/**
 * Serves on the loopback device until the test ends. Returns the endpoint,
 * `http://127.0.0.1:<port>`.
 */
export async function startHttpServer(t: Teardown, serve: ServeHttp): Promise<string> {
  const server = createServer((incoming, response) => {
    const { method = 'GET', url = '/', headers } = incoming;
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const step = async () => {
      const answer = await serve({ method, url, headers, body: await buffer(incoming), signal: gone.signal });
      if (answer === null) return void response.destroy();
      if (method === 'HEAD') return void response.writeHead(answer.status, answer.headers).end();
      const length = { 'content-length': Buffer.byteLength(answer.body) };
      response.writeHead(answer.status, { ...answer.headers, ...length }).end(answer.body);
    };
    step().catch(() => response.destroy());
  });
  return `http://127.0.0.1:${await listenOnLoopback(t, server)}`;
}

/**
 * Forwards a request to the server at the endpoint, and returns its answer. Without a signal the
 * server finishes it in any case.
 */
export async function forward(
  endpoint: string,
  { method, url, headers, body, signal }: Omit<HttpRequest, 'signal'> & Partial<Pick<HttpRequest, 'signal'>>,
): Promise<HttpAnswer & { readonly headers: IncomingHttpHeaders; readonly body: Buffer }> {
  const { hostname: host, port } = new URL(endpoint);
  const options = {
    ...{ host, port, method, path: url },
    headers: { ...endToEnd(headers), 'content-length': body.length },
    ...(signal === undefined ? {} : { signal }),
  };
  return new Promise((resolve, reject) => {
    const outgoing = send(options, (incoming) => {
      const { statusCode: status = 502 } = incoming;
      buffer(incoming).then((answer) => resolve({ status, headers: endToEnd(incoming.headers), body: answer }), reject);
    });
    outgoing.once('error', reject);
    outgoing.end(body);
  });
}

function endToEnd(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !connectionHeaders.includes(name)));
}
