/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html */
const mostSeconds = 12 * 60 * 60;
/** AWS's advice: time for a batch that Lambda has to offer again, as the function was throttled. */
const timesTheFunction = 6;

/**
 * How long a message stays hidden from others once a function has it: six times what the function may take, and the time that Lambda gathers
 * messages before. Whole seconds, 12 hours at most.
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
