import { type SNSClient, SubscribeCommand, UnsubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, DeleteQueueCommand, GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { messageOf, RearviewError } from '../../../domain/errors.ts';
import type { AlertWatch, Leftover, SeenAlert } from '../../../ports/alert-watch.ts';
import { seenAlert } from '../../stored/seen-alert.ts';
import { ask } from '../ask.ts';
import { maxReceived, maxWaitSeconds, receiveFromSqs } from '../sqs/sqs-receive.ts';

/**
 * Messages are never removed: the queue is removed as a whole. Twelve hours is the maximum of SQS.
 */
const visibilityMs = 12 * 60 * 60 * 1000;
/** If the queue outlives its creator, its messages do not for long. */
const retentionSeconds = 3600;
/** Requests for messages per call, if there are many. */
const maxRounds = 20;

export interface SnsAlertWatchOptions {
  readonly sns: SNSClient;
  readonly sqs: SQSClient;
  readonly topicArn: string;
  /** Name of the queue: 1 to 80 letters, digits, hyphens and underscores. */
  readonly queueName: string;
}

/**
 * Watches a topic through a temporary queue that is subscribed with raw delivery; closing removes
 * both. Needs `sqs:CreateQueue`, `sqs:GetQueueAttributes`, `sqs:ReceiveMessage` and
 * `sqs:DeleteQueue` on the queue, `sns:Subscribe` on the topic and `sns:Unsubscribe`.
 * @throws RearviewError `ERR_CONFIG` naming the missing permission; `ERR_UNAVAILABLE` (retryable).
 *   Created resources are removed; the message names those that could not be
 */
export async function openSnsAlertWatch({ sns, sqs, topicArn, queueName }: SnsAlertWatchOptions): Promise<AlertWatch> {
  const queue = `The queue ${queueName}`;
  const topic = `The topic ${topicArn}`;
  const url = await ask({ what: queue, permission: 'sqs:CreateQueue' }, () => createQueue(sqs, queueName, topicArn));
  let subscription: string | undefined;

  const close = async (): Promise<readonly Leftover[]> => {
    const left: Leftover[] = [];
    const remove = async (name: string, permission: string, step: () => Promise<unknown>) =>
      ask({ what: name, permission }, step).catch((error: unknown) => left.push({ name, reason: messageOf(error) }));
    // The subscription first: alerts to a removed queue would be reported as failures.
    if (subscription !== undefined) {
      const SubscriptionArn = subscription;
      await remove(SubscriptionArn, 'sns:Unsubscribe', () => sns.send(new UnsubscribeCommand({ SubscriptionArn })));
    }
    await remove(url, 'sqs:DeleteQueue', () => sqs.send(new DeleteQueueCommand({ QueueUrl: url })));
    return left;
  };

  try {
    const arn = await ask({ what: queue, permission: 'sqs:GetQueueAttributes' }, async () => {
      const asked = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['QueueArn'] });
      return (await sqs.send(asked)).Attributes?.['QueueArn'] ?? '';
    });
    const input = { TopicArn: topicArn, Protocol: 'sqs', Endpoint: arn, ReturnSubscriptionArn: true };
    const subscribe = new SubscribeCommand({ ...input, Attributes: { RawMessageDelivery: 'true' } });
    const { SubscriptionArn } = await ask({ what: topic, permission: 'sns:Subscribe' }, () => sns.send(subscribe));
    subscription = SubscriptionArn;
  } catch (error) {
    throw withLeftovers(error, await close());
  }

  const receive = async (waitSeconds: number, signal: AbortSignal) => {
    const place = { client: sqs, url, what: queue };
    const options = { max: maxReceived, waitSeconds, visibilityMs, signal };
    const messages = await receiveFromSqs(place, options).catch((error: unknown) => {
      if (signal.aborted) return [];
      throw error;
    });
    return messages.map(({ body }) => body);
  };

  return {
    name: topicArn,
    async receive({ waitMs, signal }) {
      const seen: SeenAlert[] = [];
      for (let round = 0; round < maxRounds && !signal.aborted; round += 1) {
        const waitSeconds = round > 0 ? 0 : Math.min(maxWaitSeconds, Math.ceil(waitMs / 1000));
        const bodies = await receive(waitSeconds, signal);
        seen.push(...bodies.flatMap((body) => seenAlert(body) ?? []));
        if (bodies.length < maxReceived) break;
      }
      return seen;
    },
    close,
  };
}

/**
 * The policy is set on creation: set later, it would take a while to apply, and SNS does not retry
 * what it was refused.
 */
async function createQueue(sqs: SQSClient, name: string, topicArn: string): Promise<string> {
  const policy = {
    Version: '2012-10-17',
    Statement: [
      {
        ...{ Effect: 'Allow', Principal: { Service: 'sns.amazonaws.com' }, Action: 'sqs:SendMessage', Resource: '*' },
        Condition: { ArnEquals: { 'aws:SourceArn': topicArn } },
      },
    ],
  };
  const Attributes = { Policy: JSON.stringify(policy), MessageRetentionPeriod: String(retentionSeconds) };
  const { QueueUrl: url } = await sqs.send(new CreateQueueCommand({ QueueName: name, Attributes }));
  if (url === undefined) throw new Error('the response lacks the URL of the queue');
  return url;
}

function withLeftovers(error: unknown, left: readonly Leftover[]): unknown {
  if (left.length === 0 || !(error instanceof RearviewError)) return error;
  const names = left.map(({ name, reason }) => `${name} (${reason})`).join(', ');
  return new RearviewError(error.code, [...error.lines, `Remove what is left: ${names}`], {
    cause: error,
    retryable: error.retryable,
  });
}
