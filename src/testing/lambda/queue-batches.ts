import { setTimeout as sleep } from 'node:timers/promises';
import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { type SqsMessage, sqsMessage } from './sqs-event.ts';

/** Messages of one request: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
const maxPerRequest = 10;

/** Whole seconds. A poll is never aborted, because that would strand its messages; so it is short. */
const waitSeconds = 1;
const pauseMs = 20;

const received = z.array(sqsMessage).default([]);

export interface ReceiveOptions {
  readonly queueUrl: string;
  readonly batchSize: number;
  readonly windowMs: number;
  /** Ends the window. */
  readonly signal: AbortSignal;
  /** Called when the first messages are there. */
  readonly begin: () => void;
}

/** A batch: the messages of one poll, and those that arrive in its window. None if the poll is empty. */
export async function receiveBatch(sqs: SQSClient, options: ReceiveOptions): Promise<readonly SqsMessage[]> {
  const { queueUrl, batchSize, windowMs, signal, begin } = options;
  const messages = [...(await receive(sqs, queueUrl, batchSize, waitSeconds))];
  if (messages.length > 0) begin();
  const until = performance.now() + windowMs;
  while (messages.length > 0 && messages.length < batchSize && !signal.aborted) {
    const left = until - performance.now();
    if (left <= 0) break;
    const more = await receive(sqs, queueUrl, batchSize - messages.length, left > waitSeconds * 1000 ? waitSeconds : 0);
    messages.push(...more);
    if (more.length === 0) await sleep(Math.min(pauseMs, left));
  }
  return messages;
}

async function receive(sqs: SQSClient, queueUrl: string, max: number, seconds: number): Promise<readonly SqsMessage[]> {
  const { Messages } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: queueUrl,
      MaxNumberOfMessages: Math.min(max, maxPerRequest),
      WaitTimeSeconds: seconds,
      MessageSystemAttributeNames: ['All'],
      MessageAttributeNames: ['All'],
    }),
  );
  return received.parse(Messages);
}

/** Deletes messages. A receipt that is no longer valid deletes nothing, and is not an error. */
export async function deleteMessages(sqs: SQSClient, queueUrl: string, messages: readonly SqsMessage[]): Promise<void> {
  for (const Entries of inRequests(messages)) {
    await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
  }
}

/** Makes messages visible at once, where they are still in flight. */
export async function returnMessages(sqs: SQSClient, queueUrl: string, messages: readonly SqsMessage[]): Promise<void> {
  for (const entries of inRequests(messages)) {
    const Entries = entries.map((entry) => ({ ...entry, VisibilityTimeout: 0 }));
    await sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: queueUrl, Entries }));
  }
}

function inRequests(messages: readonly SqsMessage[]) {
  const entries = messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
  return Array.from({ length: Math.ceil(entries.length / maxPerRequest) }, (_, index) =>
    entries.slice(index * maxPerRequest, (index + 1) * maxPerRequest),
  );
}
