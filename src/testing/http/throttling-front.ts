import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Teardown } from '../teardown.ts';
import { listenOnLoopback } from './listen-on-loopback.ts';

/** Stands before a service, counts what it is asked for, and turns some requests away, as AWS does when there are too many. */
export interface ThrottlingFront {
  readonly endpoint: string;
  /** Requests by what they ask for: the action of a JSON service, or method and kind of the resource. */
  readonly counts: Map<string, number>;
  throttled: number;
  /** Request units that DynamoDB says it took, where it was asked (`capacity`); it does not say so of a transaction that it cancelled. */
  readonly units: { read: number; write: number };
}

export interface ThrottlingOptions {
  /** Asked for each request by its number, from 0: true turns it away. Default: none is. */
  readonly isThrottled?: (number: number) => boolean;
  /** Milliseconds that a request waits before it is passed on, as it would under way. Default: none. */
  readonly delayMs?: () => number;
  /** Has DynamoDB say what each request takes. Default: false. */
  readonly capacity?: boolean;
  readonly service: 'S3' | 'DYNAMODB' | 'SQS' | 'SNS';
}

export async function startThrottlingFront(
  t: Teardown,
  target: string,
  { service, isThrottled = () => false, delayMs = () => 0, capacity = false }: ThrottlingOptions,
): Promise<ThrottlingFront> {
  const port = Number(new URL(target).port);
  let number = 0;
  const server = createServer((incoming, response) => {
    const step = async () => {
      const body = await buffer(incoming);
      const name = nameOf(incoming, body, service);
      front.counts.set(name, (front.counts.get(name) ?? 0) + 1);
      const delay = delayMs();
      if (delay > 0) await sleep(delay);
      if (isThrottled(number++)) {
        front.throttled += 1;
        turnAway(response, service);
      } else if (capacity) {
        const answer = await forward(port, incoming, askingForCapacity(body));
        const text = await buffer(answer);
        front.units[isWrite(name) ? 'write' : 'read'] += consumedUnits(text);
        response.writeHead(answer.statusCode ?? 502, answer.headers).end(text);
      } else {
        const answer = await forward(port, incoming, body);
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      }
    };
    step().catch(() => response.destroy());
  });
  const own = await listenOnLoopback(t, server);
  const front: ThrottlingFront = {
    endpoint: `http://127.0.0.1:${own}`,
    counts: new Map(),
    throttled: 0,
    units: { read: 0, write: 0 },
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

function forward(port: number, incoming: IncomingMessage, body: Buffer): Promise<IncomingMessage> {
  const { method, url } = incoming;
  // A body that came in chunks is passed on in chunks; of another the length may have changed.
  const length = incoming.headers['content-length'] === undefined ? {} : { 'content-length': body.length };
  const headers = { ...incoming.headers, ...length };
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, method, path: url, headers }, resolve);
    outgoing.once('error', reject);
    outgoing.end(body);
  });
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ConsumedCapacity.html */
const consumed = z.object({ CapacityUnits: z.number() });
const answerOfDynamo = z.object({ ConsumedCapacity: z.union([consumed.transform((one) => [one]), z.array(consumed)]) });

function askingForCapacity(body: Buffer): Buffer {
  const input = z.record(z.string(), z.unknown()).parse(JSON.parse(body.toString()));
  return Buffer.from(JSON.stringify({ ...input, ReturnConsumedCapacity: 'TOTAL' }));
}

/** 0 where the answer does not tell. */
function consumedUnits(answer: Buffer): number {
  const { data } = answerOfDynamo.safeParse(JSON.parse(answer.toString()));
  return (data?.ConsumedCapacity ?? []).reduce((sum, { CapacityUnits }) => sum + CapacityUnits, 0);
}

function isWrite(action: string): boolean {
  return /Put|Update|Delete|Write/.test(action);
}
