import { createServer, type IncomingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Teardown } from '../teardown.ts';
import { listenOnLoopback } from './listen-on-loopback.ts';

export interface FrontRequest {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Aborted when whoever asked goes away. */
  readonly signal: AbortSignal;
}

export interface FrontAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A server on the loopback device, until the test ends. Null as an answer hangs up. Answers its port. */
export async function startFront(
  t: Teardown,
  serve: (request: FrontRequest) => Promise<FrontAnswer | null>,
): Promise<number> {
  const server = createServer((incoming, response) => {
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const answer = async () => {
      const found = await serve({ headers: incoming.headers, body: await text(incoming), signal: gone.signal });
      if (found === null) return void response.destroy();
      response.writeHead(found.status, found.headers).end(found.body);
    };
    answer().catch(() => response.destroy());
  });
  const port = await listenOnLoopback(t, server);
  return port;
}

/** Passes a POST on to the server at that port. */
export async function passOn(port: number, { headers, body, signal }: FrontRequest): Promise<FrontAnswer> {
  const kept = ['content-type', 'x-amz-target', 'x-amz-date', 'authorization'].flatMap((name) => {
    const value = headers[name];
    return typeof value === 'string' ? [[name, value] as const] : [];
  });
  const response = await fetch(`http://127.0.0.1:${port}/`, {
    ...{ method: 'POST', headers: Object.fromEntries(kept), body, signal },
  });
  const answered = [...response.headers].filter(([name]) => name.startsWith('x-amz') || name === 'content-type');
  return { status: response.status, headers: Object.fromEntries(answered), body: await response.text() };
}
