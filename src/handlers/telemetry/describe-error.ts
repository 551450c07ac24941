import { messageOf, RearviewError } from '../../domain/errors.ts';

/** Maximum number of causes of one error; an error may be its own cause. */
const maxCauses = 5;
/** Characters of a message or stack. */
const maxText = 4000;

/** An error and its causes, for a log line. */
export interface ErrorDescription {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
  readonly retryable?: boolean;
  readonly stack?: string;
  readonly cause?: ErrorDescription;
}

/**
 * Describes a thrown value for the log, and no more than this: errors of the AWS SDK hold whole
 * responses, and others may hold anything.
 */
export function describeError(error: unknown, depth = 0): ErrorDescription {
  if (!(error instanceof Error)) return { name: typeof error, message: cut(messageOf(error)) };
  const own = error instanceof RearviewError ? { code: error.code, retryable: error.retryable } : {};
  return {
    ...{ name: error.name, message: cut(error.message), ...own },
    ...(error.stack === undefined ? {} : { stack: cut(error.stack) }),
    ...(error.cause === undefined || depth >= maxCauses ? {} : { cause: describeError(error.cause, depth + 1) }),
  };
}

function cut(text: string): string {
  return text.length > maxText ? `${text.slice(0, maxText)}…` : text;
}
