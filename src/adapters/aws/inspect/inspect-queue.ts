import { GetQueueAttributesCommand, type QueueAttributeName, type SQSClient } from '@aws-sdk/client-sqs';
import { z } from 'zod';
import { ask } from '../ask.ts';

export interface QueueFacts {
  readonly arn: string;
  readonly visibilitySeconds: number;
  /** Null where messages never die. */
  readonly redrive: { readonly deadLetterArn: string; readonly maxReceives: number } | null;
}

const attributesSchema = z.object({
  QueueArn: z.string(),
  VisibilityTimeout: z.coerce.number(),
  RedrivePolicy: z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.addIssue('is no JSON');
        return z.NEVER;
      }
    })
    // Some who set it write the number as text.
    .pipe(z.object({ deadLetterTargetArn: z.string(), maxReceiveCount: z.coerce.number() }))
    .optional(),
});

/**
 * How a queue is set up: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html
 * @throws RearviewError `ERR_CONFIG` where it does not exist or may not be asked; `ERR_UNAVAILABLE` (retryable)
 */
export async function inspectQueue(client: SQSClient, url: string): Promise<QueueFacts> {
  const call = { what: `The queue ${url}`, permission: 'sqs:GetQueueAttributes' };
  const names: QueueAttributeName[] = ['QueueArn', 'VisibilityTimeout', 'RedrivePolicy'];
  const command = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: names });
  const { Attributes: attributes } = await ask(call, () => client.send(command));
  const { QueueArn: arn, VisibilityTimeout, RedrivePolicy: policy } = attributesSchema.parse(attributes);
  return {
    arn,
    visibilitySeconds: VisibilityTimeout,
    redrive:
      policy === undefined ? null : { deadLetterArn: policy.deadLetterTargetArn, maxReceives: policy.maxReceiveCount },
  };
}
