import { ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { checkShape } from '../../../domain/text/check-shape.ts';
import type { ReceivedMessage } from '../../../ports/queue.ts';
import { translateAwsError, unavailable } from '../aws-errors.ts';

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html */
export const maxReceived = 10;
export const maxWaitSeconds = 20;
/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html */
const maxVisibilitySeconds = 12 * 60 * 60;

/** A queue in the form SQS needs. */
export interface SqsPlace {
  readonly client: SQSClient;
  readonly url: string;
  /** Display name, for messages. */
  readonly what: string;
}

const messageSchema = z.object({
  MessageId: z.string(),
  Body: z.string(),
  ReceiptHandle: z.string(),
  Attributes: z.object({
    SentTimestamp: z.coerce.number().transform((ms) => new Date(ms).toISOString()),
    ApproximateReceiveCount: z.coerce.number(),
  }),
});

/** Sends one request for up to ten messages. `visibilityMs` null uses the setting of the queue. */
export async function receiveFromSqs(
  { client, url, what }: SqsPlace,
  options: {
    readonly max: number;
    readonly waitSeconds: number;
    readonly visibilityMs: number | null;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<readonly ReceivedMessage[]> {
  const command = new ReceiveMessageCommand({
    QueueUrl: url,
    MaxNumberOfMessages: Math.min(options.max, maxReceived),
    WaitTimeSeconds: options.waitSeconds,
    ...(options.visibilityMs === null ? {} : { VisibilityTimeout: visibilitySeconds(options.visibilityMs) }),
    MessageSystemAttributeNames: ['SentTimestamp', 'ApproximateReceiveCount'],
  });
  const { Messages = [] } = await client
    .send(command, options.signal === undefined ? {} : { abortSignal: options.signal })
    .catch((error: unknown) => Promise.reject(translateAwsError(error, { what, permission: 'sqs:ReceiveMessage' })));
  return Messages.map((each) => {
    const parsed = checkShape(messageSchema, each);
    if (!parsed.success) throw unavailable(what, '(the response lacks fields of a message)', parsed.error);
    const { MessageId: id, Body: body, ReceiptHandle: receipt, Attributes: attributes } = parsed.data;
    const { SentTimestamp: sentAt, ApproximateReceiveCount: receiveCount } = attributes;
    return { id, body, receipt, receiveCount, sentAt };
  });
}

/** Converts milliseconds for SQS: whole seconds, rounded up, at most twelve hours. */
export function visibilitySeconds(ms: number): number {
  return Math.min(maxVisibilitySeconds, Math.max(0, Math.ceil(ms / 1000)));
}
