import {
  ConditionalCheckFailedException,
  DynamoDBServiceException,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb';
import { messageOf, RearviewError } from '../../../domain/errors.ts';
import { isOfNetwork } from '../network-errors.ts';

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html */
const transient: readonly string[] = [
  'InternalServerError',
  'LimitExceededException',
  'ProvisionedThroughputExceededException',
  'ReplicatedWriteConflictException',
  'RequestLimitExceeded',
  'ThrottlingException',
  'ThrottledException',
  'TimeoutError',
  'TransactionCanceledException',
  'TransactionConflictException',
  'TransactionInProgressException',
];

/** On the table and its indexes. */
const permissions = 'dynamodb:BatchGetItem, Query, PutItem, UpdateItem, DeleteItem and ConditionCheckItem';

/**
 * Translates an error of the AWS SDK. A failed condition is returned unchanged: only the caller
 * knows its meaning.
 * @param table as configured
 */
export function translateDynamoError(error: unknown, table: string): unknown {
  if (error instanceof RearviewError || !(error instanceof Error)) return error;
  if (error instanceof ConditionalCheckFailedException || isInvalid(error)) return error;
  const reason = `${error.name}: ${messageOf(error)}`;
  const config = (what: string) =>
    new RearviewError('ERR_CONFIG', `The DynamoDB table ${table} ${what} (${reason}).`, { cause: error });
  if (error.name === 'ResourceNotFoundException') {
    return config('does not exist in this region; check the name, the region and the stack');
  }
  const isService = error instanceof DynamoDBServiceException;
  const status = isService ? (error.$metadata.httpStatusCode ?? 0) : 0;
  if (transient.includes(error.name) || status >= 500 || (!isService && isOfNetwork(error))) {
    return new RearviewError('ERR_UNAVAILABLE', `The DynamoDB table ${table} did not respond; try again (${reason}).`, {
      retryable: true,
      cause: error,
    });
  }
  // An operator can fix roles and keys while the message waits.
  if (error.name === 'AccessDeniedException' || /Credentials|Token|Signature|UnrecognizedClient/.test(error.name)) {
    const text = `Cannot use the DynamoDB table ${table}: the role needs ${permissions} and valid credentials (${reason}).`;
    return new RearviewError('ERR_CONFIG', text, {
      retryable: true,
      cause: error,
    });
  }
  return error;
}

/** Runs a step and translates its errors. */
export async function translated<T>(table: string, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    throw translateDynamoError(error, table);
  }
}

/** Like `step`, and returns false if its condition was not met. */
export async function holds(step: () => Promise<unknown>): Promise<boolean> {
  try {
    await step();
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

/** A transaction that DynamoDB will never accept, such as one with an item above 400 KB. */
function isInvalid(error: Error): boolean {
  return (
    error instanceof TransactionCanceledException &&
    (error.CancellationReasons ?? []).some(({ Code: code }) => code === 'ValidationError')
  );
}
