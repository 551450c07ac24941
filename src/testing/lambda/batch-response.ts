import * as z from 'zod';

const batchResponse = z
  .object({ batchItemFailures: z.array(z.object({ itemIdentifier: z.string().min(1) })).nullish() })
  .nullable();

/**
 * The messages of a batch to deliver again, by the response of the function (JSON). No response, null,
 * and an absent, null or empty list mean that all messages are done. An invalid response, or one that
 * names a message outside the batch, means that none is done.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export function failedMessageIds(batch: readonly string[], response: string): ReadonlySet<string> {
  const parsed = batchResponse.safeParse(JSON.parse(response));
  if (!parsed.success) return new Set(batch);
  const named = (parsed.data?.batchItemFailures ?? []).map(({ itemIdentifier }) => itemIdentifier);
  return new Set(named.every((id) => batch.includes(id)) ? named : batch);
}
