/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html */
const mostSeconds = 12 * 60 * 60;
/** AWS's advice: time for retries of a batch when the function was throttled. */
const timesTheFunction = 6;

/**
 * Visibility timeout of a message: six times the timeout of the function, plus the batching window
 * of Lambda. Whole seconds, at most 12 hours.
 *
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
 */
export function visibilityTimeoutOf(reader: {
  readonly timeoutSeconds: number;
  /** Default: 0. */
  readonly batchWindowSeconds?: number;
}): number {
  return Math.min(mostSeconds, timesTheFunction * reader.timeoutSeconds + (reader.batchWindowSeconds ?? 0));
}
