import type { AddressInfo } from 'node:net';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { buildApp } from 'fauxqs';
import * as z from 'zod';
import { forward, type HttpAnswer, type HttpRequest, startHttpServer } from '../http/http-proxy.ts';
import type { Teardown } from '../teardown.ts';

/** The longest visibility timeout that SQS takes, in seconds. */
const twelveHours = 43_200;

const receiveInput = z.looseObject({ VisibilityTimeout: z.number().optional() });
const receiveOutput = z.looseObject({ Messages: z.array(z.looseObject({ ReceiptHandle: z.string() })).optional() });
const changeInput = z.looseObject({
  QueueUrl: z.string(),
  ReceiptHandle: z.string(),
  VisibilityTimeout: z.number(),
});
const changesInput = z.looseObject({ QueueUrl: z.string(), Entries: z.array(changeInput.omit({ QueueUrl: true })) });

/** One request to SQS (`input` its JSON) or SNS (`input` its form fields). */
export interface ServiceCall {
  readonly action: string;
  readonly input: Readonly<Record<string, unknown>>;
}

export interface QueuePair {
  readonly url: string;
  readonly arn: string;
  readonly deadLetterUrl: string;
}

/** SQS and SNS in this process. */
export interface MessagingEmulator {
  readonly sqs: SQSClient;
  readonly sns: SNSClient;
  /** Every request that came. */
  readonly calls: readonly ServiceCall[];
  /** A queue whose messages die after `maxReceives` deliveries. */
  createQueues(options: { readonly maxReceives: number; readonly visibilitySeconds?: number }): Promise<QueuePair>;
  /** A topic and a queue that is subscribed to it. `attributes` are those of the subscription. */
  createTopic(
    attributes?: Readonly<Record<string, string>>,
  ): Promise<{ readonly arn: string; readonly queue: QueuePair }>;
  /**
   * Calls `answer` with each request before the emulator: its result is the response (null hangs
   * up), undefined forwards the request. `pass` forwards on this or another input.
   */
  intercept(answer: Intercept): void;
  /**
   * Moves the clock of the visibility timeouts that receivers asked for. No other time passes for
   * them.
   */
  advance(ms: number): void;
}

type Intercept = (
  call: ServiceCall,
  pass: (input?: Readonly<Record<string, unknown>>) => Promise<HttpAnswer>,
) => Promise<HttpAnswer | null | undefined> | HttpAnswer | null | undefined;

/** An error response of SQS. */
export function sqsFailure(status: number, code: string, message = 'No.'): HttpAnswer {
  const headers = { 'content-type': 'application/x-amz-json-1.0' };
  return { status, headers, body: JSON.stringify({ __type: `com.amazonaws.sqs#${code}`, message }) };
}

/** A response of SQS. */
export function sqsAnswer(output: unknown): HttpAnswer {
  return { status: 200, headers: { 'content-type': 'application/x-amz-json-1.0' }, body: JSON.stringify(output) };
}

/** An error response of SNS. */
export function snsFailure(status: number, code: string, message = 'No.'): HttpAnswer {
  const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error>`;
  return { status, headers: { 'content-type': 'text/xml' }, body: `<ErrorResponse>${error}</ErrorResponse>` };
}

/**
 * fauxqs, behind a front that keeps the time of visibility timeouts and answers for it where a test
 * wants failures. It refuses characters beyond the basic multilingual plane, which SQS takes.
 *
 * @param options.maxAttempts of the clients. Default: 1, since tests count requests
 */
export async function startMessagingEmulator(
  t: Teardown,
  { maxAttempts = 1 }: { readonly maxAttempts?: number } = {},
): Promise<MessagingEmulator> {
  const app = buildApp({ logger: false });
  await app.listen({ port: 0, host: '127.0.0.1' });
  t.teardown(() => app.close());
  const fauxqs = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  const calls: ServiceCall[] = [];
  let intercept: Intercept = () => undefined;
  const clock = visibilityClock(fauxqs);
  const endpoint = await startHttpServer(t, async (request) => {
    const call = callOf(request);
    calls.push(call);
    const pass = (input = call.input) =>
      call.action in clock.actions
        ? clock.serve({ ...call, input }, request)
        : passOn(fauxqs, input === call.input ? request : { ...request, body: Buffer.from(JSON.stringify(input)) });
    const answer = await intercept(call, pass);
    return answer === undefined ? pass() : answer;
  });

  const config = {
    ...{ endpoint, region: 'us-east-1' },
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts,
  };
  const sqs = new SQSClient(config);
  const sns = new SNSClient(config);
  t.teardown(() => {
    sqs.destroy();
    sns.destroy();
  });

  const create = async (name: string, attributes: Readonly<Record<string, string>>) => {
    const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: name, Attributes: attributes }));
    const asked = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] });
    return { url: QueueUrl, arn: (await sqs.send(asked)).Attributes?.['QueueArn'] ?? '' };
  };
  let count = 0;
  const createQueues: MessagingEmulator['createQueues'] = async ({ maxReceives, visibilitySeconds = 30 }) => {
    count += 1;
    const dead = await create(`dead-${count}`, {});
    const { url, arn } = await create(`live-${count}`, {
      VisibilityTimeout: String(visibilitySeconds),
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: maxReceives }),
    });
    return { url, arn, deadLetterUrl: dead.url };
  };

  return {
    sqs,
    sns,
    calls,
    createQueues,
    async createTopic(attributes = {}) {
      const queue = await createQueues({ maxReceives: 10 });
      const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: 'alerts' }));
      const subscription = { TopicArn, Protocol: 'sqs', Endpoint: queue.arn, Attributes: { ...attributes } };
      await sns.send(new SubscribeCommand(subscription));
      return { arn: TopicArn, queue };
    },
    intercept(answer) {
      intercept = answer;
    },
    advance: clock.advance,
  };
}

/** fauxqs names its queues after the host of the request: its own. */
function passOn(fauxqs: string, { headers: { host: _, ...headers }, ...request }: HttpRequest): Promise<HttpAnswer> {
  return forward(fauxqs, { ...request, headers });
}

function callOf({ headers, body }: HttpRequest): ServiceCall {
  const target = headers['x-amz-target'];
  if (typeof target === 'string') {
    return { action: target.replace('AmazonSQS.', ''), input: z.looseObject({}).parse(JSON.parse(body.toString())) };
  }
  const input = Object.fromEntries(new URLSearchParams(body.toString()));
  return { action: input['Action'] ?? '', input };
}

/**
 * Visibility timeouts that only end by `advance`, so that no test depends on how fast it runs: the
 * emulator is asked to hide messages for twelve hours, and to show them again when their time is
 * over here. Only the timeouts that a receiver asks for are kept.
 */
function visibilityClock(fauxqs: string) {
  let nowMs = 0;
  /** By receipt. */
  const hidden = new Map<string, { readonly url: string; readonly untilMs: number }>();

  const ask = (action: string, input: unknown, request: HttpRequest) => {
    const headers = { ...request.headers, 'x-amz-target': `AmazonSQS.${action}` };
    return passOn(fauxqs, { ...request, headers, body: Buffer.from(JSON.stringify(input)) });
  };
  const hide = (url: string, receipt: string, seconds: number) =>
    hidden.set(receipt, { url, untilMs: nowMs + seconds * 1000 });
  const lengthened = (seconds: number) => (seconds === 0 ? 0 : twelveHours);

  /**
   * At the next request to receive and not before, as in SQS: until then, a receipt of a time that
   * is over still counts.
   */
  const showWhatIsOver = async (request: HttpRequest) => {
    for (const [receipt, { url, untilMs }] of hidden) {
      if (untilMs > nowMs) continue;
      hidden.delete(receipt);
      await ask('ChangeMessageVisibility', { QueueUrl: url, ReceiptHandle: receipt, VisibilityTimeout: 0 }, request);
    }
  };

  const actions: Readonly<Record<string, (input: unknown, request: HttpRequest) => Promise<HttpAnswer>>> = {
    async ReceiveMessage(raw, request) {
      await showWhatIsOver(request);
      const input = receiveInput.parse(raw);
      const { VisibilityTimeout: seconds } = input;
      if (seconds === undefined) return ask('ReceiveMessage', input, request);
      const answer = await ask('ReceiveMessage', { ...input, VisibilityTimeout: lengthened(seconds) }, request);
      const { Messages = [] } = receiveOutput.parse(JSON.parse(answer.body.toString()));
      for (const { ReceiptHandle } of Messages) hide(String(input['QueueUrl']), ReceiptHandle, seconds);
      return answer;
    },
    async ChangeMessageVisibility(raw, request) {
      const input = changeInput.parse(raw);
      const seconds = input.VisibilityTimeout;
      const answer = await ask(
        'ChangeMessageVisibility',
        { ...input, VisibilityTimeout: lengthened(seconds) },
        request,
      );
      if (answer.status === 200 && seconds > 0) hide(input.QueueUrl, input.ReceiptHandle, seconds);
      return answer;
    },
    async ChangeMessageVisibilityBatch(raw, request) {
      const input = changesInput.parse(raw);
      const Entries = input.Entries.map((each) => ({ ...each, VisibilityTimeout: lengthened(each.VisibilityTimeout) }));
      return ask('ChangeMessageVisibilityBatch', { ...input, Entries }, request);
    },
  };

  return {
    actions,
    serve: ({ action, input }: ServiceCall, request: HttpRequest): Promise<HttpAnswer> =>
      actions[action]?.(input, request) ?? passOn(fauxqs, request),
    advance(ms: number) {
      nowMs += ms;
    },
  };
}
