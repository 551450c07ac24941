import { GetTopicAttributesCommand, type SNSClient } from '@aws-sdk/client-sns';
import * as z from 'zod';
import { ask } from '../ask.ts';

export interface TopicFacts {
  /** Subscriptions that receive messages. */
  readonly confirmed: number;
  /** Subscriptions that are not confirmed yet. */
  readonly pending: number;
}

const attributesSchema = z.object({
  SubscriptionsConfirmed: z.coerce.number(),
  SubscriptionsPending: z.coerce.number(),
});

/**
 * Reads the subscriptions of a topic:
 * https://docs.aws.amazon.com/sns/latest/api/API_GetTopicAttributes.html
 * @throws RearviewError `ERR_CONFIG` if it does not exist or access is denied; `ERR_UNAVAILABLE`
 *   (retryable)
 */
export async function inspectTopic(client: SNSClient, arn: string): Promise<TopicFacts> {
  const call = { what: `The topic ${arn}`, permission: 'sns:GetTopicAttributes' };
  const { Attributes } = await ask(call, () => client.send(new GetTopicAttributesCommand({ TopicArn: arn })));
  const { SubscriptionsConfirmed: confirmed, SubscriptionsPending: pending } = attributesSchema.parse(Attributes);
  return { confirmed, pending };
}
