/**
 * Events that src/handlers/events/eventbridge-event.ts treats as arrivals.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/EventBridge.html
 */
const arrivals = ['Object Created', 'Object Restore Completed'] as const;

/**
 * An event pattern, as JSON:
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
 */
export interface ArrivalPattern {
  readonly source: readonly ['aws.s3'];
  readonly account: readonly [string];
  readonly 'detail-type': typeof arrivals;
  readonly detail: {
    readonly bucket: { readonly name: readonly [string] };
    readonly object?: { readonly key: readonly [{ readonly prefix: string }] };
  };
}

/**
 * Arrivals in a bucket, or below a prefix of it. The pattern includes the account. Senders choose
 * the bucket names in events, while EventBridge sets the account. Therefore no other account can
 * report arrivals in buckets of this one.
 */
export function arrivalPattern(bucket: {
  readonly name: string;
  readonly account: string;
  /** Empty: all keys. */
  readonly prefix: string;
}): ArrivalPattern {
  const { name, account, prefix } = bucket;
  return {
    source: ['aws.s3'],
    account: [account],
    'detail-type': arrivals,
    detail: {
      bucket: { name: [name] },
      ...(prefix === '' ? {} : { object: { key: [{ prefix }] } }),
    },
  };
}
