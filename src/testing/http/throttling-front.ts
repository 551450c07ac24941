import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { failure } from '../s3/s3-http.ts';
import type { Teardown } from '../teardown.ts';
import { forward, type HttpAnswer, type HttpRequest, startHttpServer } from './http-proxy.ts';

/**
 * A proxy before a service that counts requests and refuses some, as AWS does when there are too
 * many.
 */
export interface ThrottlingFront {
  readonly endpoint: string;
  /** Requests by their kind: the action of a JSON service, or method and kind of the resource. */
  readonly counts: Map<string, number>;
  throttled: number;
  /**
   * Request units that DynamoDB says it took, where it was asked (`capacity`); it does not say so
   * of a transaction that it cancelled.
   */
  readonly units: { read: number; write: number };
}

export interface ThrottlingOptions {
  /** Asked for each request by its number, from 0: true turns it away. Default: none is. */
  readonly isThrottled?: (number: number) => boolean;
  /**
   * Milliseconds that a request waits before it is passed on, as it would under way. Default: none.
   */
  readonly delayMs?: () => number;
  /** Answers the requests that are passed on. Default: the server at the target. */
  readonly serve?: (request: HttpRequest) => Promise<HttpAnswer>;
  /** Makes DynamoDB report the units of each request. Default: false. */
  readonly capacity?: boolean;
  readonly service: 'S3' | 'DYNAMODB' | 'SQS' | 'SNS';
}

export async function startThrottlingFront(
  t: Teardown,
  target: string,
  {
    service,
    isThrottled = () => false,
    delayMs = () => 0,
    capacity = false,
    serve = (request) => forward(target, request),
  }: ThrottlingOptions,
): Promise<ThrottlingFront> {
  const counts = new Map<string, number>();
  const units = { read: 0, write: 0 };
  let number = 0;
  const endpoint = await startHttpServer(t, async (request) => {
    const name = nameOf(request, service);
    counts.set(name, (counts.get(name) ?? 0) + 1);
    const delay = delayMs();
    if (delay > 0) await sleep(delay);
    if (isThrottled(number++)) {
      front.throttled += 1;
      return throttled(service);
    }
    if (!capacity) return serve(request);
    const answer = await forward(target, { ...request, body: askingForCapacity(request.body) });
    units[isWrite(name) ? 'write' : 'read'] += consumedUnits(answer.body);
    return answer;
  });
  const front: ThrottlingFront = { endpoint, counts, throttled: 0, units };
  return front;
}

function nameOf({ method, url, headers, body }: HttpRequest, service: string): string {
  const target = headers['x-amz-target'];
  if (typeof target === 'string') return target.split('.').at(-1) ?? target;
  if (service === 'SNS') return new URLSearchParams(body.toString()).get('Action') ?? 'SNS';
  const { pathname, searchParams } = new URL(url, 'http://127.0.0.1');
  if (pathname.split('/').filter((part) => part !== '').length < 2) return `${method} bucket`;
  return searchParams.has('tagging') ? `${method} tagging` : `${method} object`;
}

/**
 * https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html and the services' "Common
 * Errors"
 */
function throttled(service: ThrottlingOptions['service']): HttpAnswer {
  if (service === 'S3') return failure(503, 'SlowDown', 'Please reduce your request rate.');
  if (service === 'SNS') {
    const error = '<Error><Type>Sender</Type><Code>Throttling</Code><Message>Rate exceeded</Message></Error>';
    return { status: 400, headers: { 'content-type': 'text/xml' }, body: `<ErrorResponse>${error}</ErrorResponse>` };
  }
  const error = { __type: 'com.amazon.coral.availability#ThrottlingException', message: 'Rate exceeded' };
  return { status: 400, headers: { 'content-type': 'application/x-amz-json-1.0' }, body: JSON.stringify(error) };
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ConsumedCapacity.html */
const consumed = z.object({ CapacityUnits: z.number() });
const answerOfDynamo = z.object({ ConsumedCapacity: z.union([consumed.transform((one) => [one]), z.array(consumed)]) });

function askingForCapacity(body: Buffer): Buffer {
  const input = z.record(z.string(), z.unknown()).parse(JSON.parse(body.toString()));
  return Buffer.from(JSON.stringify({ ...input, ReturnConsumedCapacity: 'TOTAL' }));
}

/** Consumed units; 0 if the response has none. */
function consumedUnits(answer: Buffer): number {
  const { data } = answerOfDynamo.safeParse(JSON.parse(answer.toString()));
  return (data?.ConsumedCapacity ?? []).reduce((sum, { CapacityUnits }) => sum + CapacityUnits, 0);
}

function isWrite(action: string): boolean {
  return /Put|Update|Delete|Write|ExecuteStatement/.test(action);
}
