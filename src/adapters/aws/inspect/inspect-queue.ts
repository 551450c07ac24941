import { GetQueueAttributesCommand, type QueueAttributeName, type SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { ask } from '../ask.ts';

export interface QueueFacts {
  readonly arn: string;
  readonly visibilitySeconds: number;
  /** Null if messages never become dead letters. */
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
        context.addIssue('is not JSON');
        return z.NEVER;
      }
    })
    // Some users set the number as text.
    .pipe(z.object({ deadLetterTargetArn: z.string(), maxReceiveCount: z.coerce.number() }))
    .optional(),
});

/**
 * Reads the settings of a queue:
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html
 * @throws RearviewError `ERR_CONFIG` if it does not exist or access is denied; `ERR_UNAVAILABLE`
 *   (retryable)
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
