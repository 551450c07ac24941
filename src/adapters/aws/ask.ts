import { RearviewError } from '../../domain/errors.ts';
import { type AwsCall, translateAwsError } from './aws-errors.ts';

/**
 * Sends one request to AWS.
 * @throws RearviewError `ERR_CONFIG` naming what is missing or refused, with the required
 *   permission; `ERR_UNAVAILABLE` (retryable)
 */
export async function ask<T>(call: AwsCall, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    throw translateAwsError(error, call);
  }
}

/** Like `ask`, and returns the reason for a failure that need not stop the caller. */
export async function askIfAllowed<T>(call: AwsCall, step: () => Promise<T>): Promise<Answer<T>> {
  try {
    return { known: await ask(call, step) };
  } catch (error) {
    if (error instanceof RearviewError) return { unknown: error.message };
    throw error;
  }
}

/** The response of AWS, or the reason for the failure. */
export type Answer<T> = { readonly known: T } | { readonly unknown: string };
