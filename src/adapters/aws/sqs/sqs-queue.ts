import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type QueueAttributeName,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import * as z from 'zod';
import type { Queue, ReceivedMessage } from '../../../ports/queue.ts';
import { translateAwsError, unavailable } from '../aws-errors.ts';
import { moveDeadLetters, peekDeadLetters } from './sqs-dead-letters.ts';
import { maxReceived, maxWaitSeconds, receiveFromSqs, type SqsPlace, visibilitySeconds } from './sqs-receive.ts';
import { sendToSqs } from './sqs-send.ts';

export interface SqsQueueOptions {
  /**
   * Configures retries, which also handle throttling first. A response may take `waitMs`, up to 20
   * seconds: a `requestTimeout` of its request handler must be longer.
   */
  readonly client: SQSClient;
  /** Display name; SQS knows the queue by its URL. */
  readonly name: string;
  readonly url: string;
  /** The queue in the redrive policy of `url`. */
  readonly deadLetterUrl: string;
  /**
   * Milliseconds, in whole seconds rounded up, at most 12 hours. Default: the setting of the queue.
   */
  readonly visibilityMs?: number;
  /**
   * Requests for a message that SQS fails to accept, not counting the client's own retries.
   * Default: 6.
   */
  readonly sendAttempts?: number;
  /**
   * Milliseconds of the longest pause before the second request; it doubles with each, up to 5 s.
   * Default: 100.
   */
  readonly retryMs?: number;
  /**
   * Milliseconds that dead letters are hidden from others while they are examined. Default: 30,000.
   */
  readonly holdMs?: number;
  /** Seconds to wait for dead letters. Default: 1; at 0, SQS may miss some. */
  readonly deadLetterWaitSeconds?: number;
}

const numbers = z.array(z.string().regex(/^\d+$/).transform(Number));

/**
 * An SQS standard queue and its dead-letter queue. Needs `sqs:SendMessage`, `sqs:ReceiveMessage`,
 * `sqs:DeleteMessage`, `sqs:ChangeMessageVisibility` and `sqs:GetQueueAttributes` on both.
 *
 * SQS differs from the port in these points:
 * - Bodies are JSON and not empty, and are returned as JSON of the same value.
 * - The order is not kept.
 * - Numbers are approximate, and only CloudWatch knows the age of the oldest message (`oldestMs` is
 *   null).
 * - A receipt of an earlier delivery may still remove a message.
 * - Looking at dead letters counts as receiving them, and hides them for that time. Without
 *   `patient`, one that came in the last minute may be missed.
 * - A redriven message gets another id.
 *
 * Errors of SQS and the network are `ERR_UNAVAILABLE` (retryable). A queue that does not exist, or
 * that the role may not use, is `ERR_CONFIG`.
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
  const count = async () => {
    const { visible, hidden } = await countsOf(dead);
    return visible + hidden;
  };
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
          // Waits are at least a second; a response that is not full means that there is hardly
          // more.
          if (received.length > 0 ? received.length < asked : leftMs < 1000) break;
        } catch (error) {
          // Received messages belong to the caller; a permanent error occurs again at the next
          // call.
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

    async deadLetters({ limit, patient = false }) {
      if (patient) return peekDeadLetters({ ...letters, count }, limit);
      // A receiver waits for a second, and the finisher looks each minute.
      return (await count()) === 0 ? [] : peekDeadLetters(letters, limit);
    },
    redrive: ({ ids } = {}) => moveDeadLetters({ ...letters, count }, ids, send),
  };
}

function showAfter(place: SqsPlace, receipt: string, seconds: number): Promise<void> {
  const input = { QueueUrl: place.url, ReceiptHandle: receipt, VisibilityTimeout: seconds };
  return unlessStale(place, 'sqs:ChangeMessageVisibility', () =>
    place.client.send(new ChangeMessageVisibilityCommand(input)),
  );
}

/** Performs a step on one delivery. An expired delivery is not an error. */
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

/** Returns the numbers of those names, in their order. */
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
  if (!values.success) throw unavailable(what, `(the response lacks one of ${names.join(', ')})`, values.error);
  return values.data;
}
