import { RearviewError } from '../../domain/errors.ts';
import { type AwsCall, translateAwsError } from './aws-errors.ts';

/**
 * Asks AWS one thing.
 * @throws RearviewError `ERR_CONFIG` naming what is missing or refused, with the permission that it takes; `ERR_UNAVAILABLE` (retryable)
 */
export async function ask<T>(call: AwsCall, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    throw translateAwsError(error, call);
  }
}

/** As `ask`, and why it could not be asked, where that is no reason to stop. */
export async function askIfAllowed<T>(call: AwsCall, step: () => Promise<T>): Promise<Answer<T>> {
  try {
    return { known: await ask(call, step) };
  } catch (error) {
    if (error instanceof RearviewError) return { unknown: error.message };
    throw error;
  }
}

/** What AWS said, or why it did not. */
export type Answer<T> = { readonly known: T } | { readonly unknown: string };
