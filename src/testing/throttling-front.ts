import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { ExecutionContext } from 'ava';

/** Stands before a service and turns some requests away, as AWS does when there are too many. */
export interface ThrottlingFront {
  readonly endpoint: string;
  /** Requests by what they ask for: the action of a JSON service, or method and kind of the resource. */
  readonly counts: Map<string, number>;
  throttled: number;
}

export interface ThrottlingOptions {
  /** Asked for each request by its number, from 0: true turns it away. Default: none is. */
  readonly isThrottled?: (number: number) => boolean;
  readonly service: 'S3' | 'DYNAMODB' | 'SQS' | 'SNS';
}

export async function startThrottlingFront(
  t: Pick<ExecutionContext, 'teardown'>,
  target: string,
  { service, isThrottled = () => false }: ThrottlingOptions,
): Promise<ThrottlingFront> {
  const port = Number(new URL(target).port);
  let number = 0;
  const server = createServer((incoming, response) => {
    const step = async () => {
      const body = await buffer(incoming);
      const name = nameOf(incoming, body, service);
      front.counts.set(name, (front.counts.get(name) ?? 0) + 1);
      if (isThrottled(number++)) {
        front.throttled += 1;
        turnAway(response, service);
      } else forward(port, incoming, body, response);
    };
    step().catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const front: ThrottlingFront = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    counts: new Map(),
    throttled: 0,
  };
  return front;
}

function nameOf({ method = '', url = '', headers }: IncomingMessage, body: Buffer, service: string): string {
  const target = headers['x-amz-target'];
  if (typeof target === 'string') return target.split('.').at(-1) ?? target;
  if (service === 'SNS') return new URLSearchParams(body.toString()).get('Action') ?? 'SNS';
  const { pathname, searchParams } = new URL(url, 'http://127.0.0.1');
  if (pathname.split('/').filter((part) => part !== '').length < 2) return `${method} bucket`;
  return searchParams.has('tagging') ? `${method} tagging` : `${method} object`;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html and the services' "Common Errors" */
function turnAway(response: ServerResponse, service: ThrottlingOptions['service']): void {
  if (service === 'S3') {
    response.writeHead(503, { 'content-type': 'application/xml' });
    response.end('<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>');
  } else if (service === 'SNS') {
    response.writeHead(400, { 'content-type': 'text/xml' });
    response.end(
      '<ErrorResponse><Error><Type>Sender</Type><Code>Throttling</Code><Message>Rate exceeded</Message></Error></ErrorResponse>',
    );
  } else {
    response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(
      JSON.stringify({ __type: 'com.amazon.coral.availability#ThrottlingException', message: 'Rate exceeded' }),
    );
  }
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
