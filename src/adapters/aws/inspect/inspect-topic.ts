import { GetTopicAttributesCommand, type SNSClient } from '@aws-sdk/client-sns';
import { z } from 'zod';
import { ask } from '../ask.ts';

export interface TopicFacts {
  /** Subscriptions that get what is published. */
  readonly confirmed: number;
  /** Subscriptions that somebody has yet to confirm. */
  readonly pending: number;
}

const attributesSchema = z.object({
  SubscriptionsConfirmed: z.coerce.number(),
  SubscriptionsPending: z.coerce.number(),
});

/**
 * Who listens to a topic: https://docs.aws.amazon.com/sns/latest/api/API_GetTopicAttributes.html
 * @throws RearviewError `ERR_CONFIG` where it does not exist or may not be asked; `ERR_UNAVAILABLE` (retryable)
 */
export async function inspectTopic(client: SNSClient, arn: string): Promise<TopicFacts> {
  const call = { what: `The topic ${arn}`, permission: 'sns:GetTopicAttributes' };
  const { Attributes } = await ask(call, () => client.send(new GetTopicAttributesCommand({ TopicArn: arn })));
  const { SubscriptionsConfirmed: confirmed, SubscriptionsPending: pending } = attributesSchema.parse(Attributes);
  return { confirmed, pending };
}
