import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type QueueAttributeName,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { z } from 'zod';
import type { Queue, ReceivedMessage } from '../../../ports/queue.ts';
import { translateAwsError, unavailable } from '../aws-errors.ts';
import { moveDeadLetters, peekDeadLetters } from './sqs-dead-letters.ts';
import { maxReceived, maxWaitSeconds, receiveFromSqs, type SqsPlace, visibilitySeconds } from './sqs-receive.ts';
import { sendToSqs } from './sqs-send.ts';

export interface SqsQueueOptions {
  /**
   * Tries again as configured there, which is where throttling is waited out first. An answer may take `waitMs`, up to 20 seconds: a
   * `requestTimeout` of its request handler has to be longer.
   */
  readonly client: SQSClient;
  /** For people; SQS knows the queue by its URL. */
  readonly name: string;
  readonly url: string;
  /** The queue that the redrive policy of `url` names. */
  readonly deadLetterUrl: string;
  /** Milliseconds, in whole seconds rounded up, at most 12 hours. Default: what the queue is set to. */
  readonly visibilityMs?: number;
  /** Requests for a message that SQS fails to take, the client's own retries apart. Default: 6. */
  readonly sendAttempts?: number;
  /** Milliseconds of the longest pause before the second request; it doubles with each, up to 5 s. Default: 100. */
  readonly retryMs?: number;
  /** Milliseconds that dead letters are hidden from others while they are looked through. Default: 30,000. */
  readonly holdMs?: number;
  /** Seconds to wait for dead letters. Default: 1; at 0 SQS may overlook some. */
  readonly deadLetterWaitSeconds?: number;
}

const numbers = z.array(z.string().regex(/^\d+$/).transform(Number));

/**
 * An SQS standard queue and its dead-letter queue. Needs `sqs:SendMessage`, `sqs:ReceiveMessage`, `sqs:DeleteMessage`,
 * `sqs:ChangeMessageVisibility` and `sqs:GetQueueAttributes` on both.
 *
 * Where SQS differs from what the port says: bodies are JSON and not empty, and come back as JSON of the same value; order is not kept; numbers are
 * approximate, and the age of the oldest message is known to CloudWatch alone (`oldestMs` is null); a receipt of an earlier delivery may still remove a
 * message; looking at dead letters counts as receiving them, and hides them for that time; a message that is put back gets another id.
 *
 * What SQS and the way to it do wrong is `ERR_UNAVAILABLE` (retryable); a queue that does not exist, or that the role may not use, is `ERR_CONFIG`.
 */
export function createSqsQueue({
  client,
  name,
  url,
  deadLetterUrl,
  visibilityMs,
  sendAttempts: attempts = 6,
  retryMs = 100,
  holdMs = 30_000,
  deadLetterWaitSeconds: waitSeconds = 1,
}: SqsQueueOptions): Queue {
  const live: SqsPlace = { client, url, what: `The queue ${name} (${url})` };
  const dead: SqsPlace = { client, url: deadLetterUrl, what: `The dead-letter queue of ${name} (${deadLetterUrl})` };
  const letters = { ...dead, holdMs, waitSeconds };
  const send = (bodies: readonly string[]) => sendToSqs({ ...live, attempts, retryMs }, bodies);
  let knownSeconds = visibilityMs === undefined ? undefined : visibilitySeconds(visibilityMs);

  return {
    name,
    send: async (bodies) => void (await send(bodies)),

    async receive({ max, waitMs = 0, signal }) {
      const messages: ReceivedMessage[] = [];
      const until = performance.now() + waitMs;
      const isAborted = () => signal?.aborted === true;
      let leftMs = waitMs;
      while (messages.length < max && !isAborted()) {
        const waitSeconds = messages.length > 0 ? 0 : Math.min(maxWaitSeconds, Math.ceil(leftMs / 1000));
        const asked = Math.min(maxReceived, max - messages.length);
        try {
          const options = { max: asked, waitSeconds, visibilityMs: visibilityMs ?? null, signal };
          const received = await receiveFromSqs(live, options);
          messages.push(...received);
          leftMs = until - performance.now();
          // Less than a second cannot be waited; an answer that is not full means that there is hardly more.
          if (received.length > 0 ? received.length < asked : leftMs < 1000) break;
        } catch (error) {
          // What was received is the caller's; an error that lasts is met at the next call.
          if (isAborted() || messages.length > 0) break;
          throw error;
        }
      }
      return messages;
    },

    acknowledge: ({ receipt }) =>
      unlessStale(live, 'sqs:DeleteMessage', () =>
        client.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: receipt })),
      ),

    release: ({ receipt }, delayMs) => showAfter(live, receipt, visibilitySeconds(delayMs)),

    async extend({ receipt }) {
      knownSeconds ??= (await attributesOf(live, ['VisibilityTimeout']))[0] ?? 0;
      await showAfter(live, receipt, knownSeconds);
    },

    async stats() {
      const [here, there] = await Promise.all([countsOf(live), countsOf(dead)]);
      return {
        visible: here.visible,
        inFlight: here.hidden,
        deadLetters: there.visible + there.hidden,
        oldestMs: null,
      };
    },

    deadLetters: ({ limit }) => peekDeadLetters(letters, limit),
    redrive: ({ ids } = {}) => moveDeadLetters(letters, ids, send),
  };
}

function showAfter(place: SqsPlace, receipt: string, seconds: number): Promise<void> {
  const input = { QueueUrl: place.url, ReceiptHandle: receipt, VisibilityTimeout: seconds };
  return unlessStale(place, 'sqs:ChangeMessageVisibility', () =>
    place.client.send(new ChangeMessageVisibilityCommand(input)),
  );
}

/** A step on one delivery. That it is over already is no error. */
async function unlessStale({ what }: SqsPlace, permission: string, step: () => Promise<unknown>): Promise<void> {
  try {
    await step();
  } catch (error) {
    if (!isStale(error)) throw translateAwsError(error, { what, permission });
  }
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibility.html#API_ChangeMessageVisibility_Errors */
function isStale(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (/(^|\.)(MessageNotInflight|ReceiptHandleIsInvalid)$/.test(error.name)) return true;
  return error.name === 'InvalidParameterValue' && error.message.includes('parameter ReceiptHandle');
}

async function countsOf(place: SqsPlace): Promise<{ readonly visible: number; readonly hidden: number }> {
  const [visible = 0, inFlight = 0, delayed = 0] = await attributesOf(place, [
    'ApproximateNumberOfMessages',
    'ApproximateNumberOfMessagesNotVisible',
    'ApproximateNumberOfMessagesDelayed',
  ]);
  return { visible, hidden: inFlight + delayed };
}

/** The numbers of those names, in their order. */
async function attributesOf(
  { client, url, what }: SqsPlace,
  names: readonly QueueAttributeName[],
): Promise<readonly number[]> {
  const { Attributes } = await client
    .send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: [...names] }))
    .catch((error: unknown) =>
      Promise.reject(translateAwsError(error, { what, permission: 'sqs:GetQueueAttributes' })),
    );
  const values = numbers.safeParse(names.map((each) => Attributes?.[each]));
  if (!values.success) throw unavailable(what, `(the answer lacks one of ${names.join(', ')})`, values.error);
  return values.data;
}
