import * as z from 'zod';
import { checkShape, describeIssues } from '../../domain/text/check-shape.ts';

/**
 * https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html#example-standard-queue-message-event
 */
const recordSchema = z.object({
  messageId: z.string().min(1),
  body: z.string(),
  attributes: z.object({ ApproximateReceiveCount: z.coerce.number().int().positive().catch(1) }).optional(),
});

const eventSchema = z.object({ Records: z.array(z.unknown()).min(1) });
const fromSqs = z.object({ eventSource: z.literal('aws:sqs') });

/** One message of an SQS event, or an invalid record that cannot be reported back. */
export type SqsRecord =
  | { readonly messageId: string; readonly receiveCount: number; readonly body: string }
  | { readonly messageId: null; readonly problem: string };

/** The messages of an event of Lambda's SQS event source; null if the event is not one. */
export function sqsRecords(event: unknown): readonly SqsRecord[] | null {
  const parsed = checkShape(eventSchema, event);
  if (!parsed.success || !parsed.data.Records.some((each) => checkShape(fromSqs, each).success)) return null;
  return parsed.data.Records.map((record): SqsRecord => {
    const each = checkShape(recordSchema, record);
    if (!each.success) {
      return { messageId: null, problem: `A record is not an SQS message: ${describeIssues(each.error)}.` };
    }
    const { messageId, body, attributes } = each.data;
    return { messageId, body, receiveCount: attributes?.ApproximateReceiveCount ?? 1 };
  });
}
