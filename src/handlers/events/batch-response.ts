import { RearviewError } from '../../domain/errors.ts';
import type { Delivery } from './work-items.ts';

/**
 * The response to Lambda's SQS event source: the messages that must be delivered again. Needs
 * `ReportBatchItemFailures`.
 */
export interface BatchResponse {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/**
 * The response after some items failed: a message is delivered again if any of its items failed,
 * and named once.
 *
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting
 * @throws RearviewError `ERR_CONFIG` where an item came without a queue: then only the whole
 *   invocation can fail
 */
export function batchResponse(failed: readonly (Delivery & { readonly problem?: string })[]): BatchResponse {
  const whole = failed.find(({ messageId }) => messageId === null);
  if (whole !== undefined) {
    const why = whole.problem ?? 'its work failed, see the log';
    throw new RearviewError('ERR_CONFIG', `The invocation failed: ${why}`);
  }
  const ids = new Set(failed.flatMap(({ messageId }) => messageId ?? []));
  return { batchItemFailures: [...ids].map((itemIdentifier) => ({ itemIdentifier })) };
}
