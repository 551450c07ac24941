import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';

const attributes = z.object({
  QueueArn: z.string(),
  VisibilityTimeout: z.coerce.number(),
  ApproximateNumberOfMessages: z.coerce.number(),
  ApproximateNumberOfMessagesNotVisible: z.coerce.number(),
  ApproximateNumberOfMessagesDelayed: z.coerce.number(),
});

export interface QueueState {
  readonly arn: string;
  readonly visibilityMs: number;
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
}

/** Asks SQS how a queue is. */
export async function queueState(sqs: SQSClient, queueUrl: string): Promise<QueueState> {
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['All'] }));
  const found = attributes.parse(Attributes);
  return {
    arn: found.QueueArn,
    visibilityMs: found.VisibilityTimeout * 1000,
    visible: found.ApproximateNumberOfMessages,
    inFlight: found.ApproximateNumberOfMessagesNotVisible,
    delayed: found.ApproximateNumberOfMessagesDelayed,
  };
}
