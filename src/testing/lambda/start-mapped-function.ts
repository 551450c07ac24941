import { SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import type { Teardown } from '../teardown.ts';
import type { MappingOptions } from './event-source-mapping.ts';
import type { FunctionOptions } from './function-options.ts';
import { queueState } from './queue-state.ts';
import { startSqs } from './start-sqs.ts';
import { createJournal, fixture, startTestLambda } from './start-test-lambda.ts';

const delivery = z.object({
  requestId: z.string(),
  messageId: z.string(),
  receiptHandle: z.string(),
  body: z.string(),
  receives: z.number(),
  batch: z.number(),
});

/** The part of a message that the function received. */
export type Delivery = z.infer<typeof delivery>;

export interface MappedFunctionOptions {
  /** Attributes of the queue. Default: those of SQS. */
  readonly attributes?: Readonly<Record<string, string>>;
  /** Deliveries until a message is dead. Default: 3. */
  readonly maxReceives?: number;
  readonly function?: Partial<FunctionOptions>;
}

/** A queue with dead letters, and a function that records its messages. Nothing is mapped yet. */
export async function startMappedFunction(
  t: Teardown,
  { attributes = {}, maxReceives = 3, function: options = {} }: MappedFunctionOptions = {},
) {
  const sqs = await startSqs(t);
  const { queueUrl, deadUrl } = await sqs.createQueueWithDeadLetters('live', maxReceives, attributes);
  const journal = createJournal(t);
  const module = fixture('batch');
  const lambda = await startTestLambda(
    t,
    { batch: { module, env: { JOURNAL: journal.path }, timeoutMs: 20_000, ...options } },
    { sqs: sqs.client },
  );
  return {
    lambda,
    queueUrl,
    map: (more: Partial<MappingOptions> = {}) =>
      lambda.map({ queueUrl, function: 'batch', reportBatchItemFailures: true, returnAtOnce: true, ...more }),
    async send(...bodies: readonly string[]) {
      for (let from = 0; from < bodies.length; from += 10) {
        const Entries = bodies.slice(from, from + 10).map((MessageBody, index) => ({ Id: String(index), MessageBody }));
        await sqs.client.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
      }
    },
    deliveries: () => journal.lines().map((line) => delivery.parse(JSON.parse(line))),
    queue: () => queueState(sqs.client, queueUrl),
    dead: async () => (await queueState(sqs.client, deadUrl)).visible,
  };
}

/** Bodies and receive counts, sorted. */
export const textsOf = (deliveries: readonly Delivery[]) =>
  deliveries.map(({ body, receives }) => `${body}: ${receives}`).toSorted();
