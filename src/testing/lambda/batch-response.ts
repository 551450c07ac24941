import { z } from 'zod';

const batchResponse = z
  .object({ batchItemFailures: z.array(z.object({ itemIdentifier: z.string().min(1) })).nullish() })
  .nullable();

/**
 * The messages of a batch that come again, by what the function returned (JSON). Nothing, null, and a list that is absent, null or empty say that all is
 * done; what is not such a response, or names a message that is not in the batch, says that nothing is.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export function failedMessageIds(batch: readonly string[], response: string): ReadonlySet<string> {
  const parsed = batchResponse.safeParse(JSON.parse(response));
  if (!parsed.success) return new Set(batch);
  const named = (parsed.data?.batchItemFailures ?? []).map(({ itemIdentifier }) => itemIdentifier);
  return new Set(named.every((id) => batch.includes(id)) ? named : batch);
}
