/** What src/handlers/events/eventbridge-event.ts takes for an arrival. https://docs.aws.amazon.com/AmazonS3/latest/userguide/EventBridge.html */
const arrivals = ['Object Created', 'Object Restore Completed'] as const;

/** An event pattern, as JSON: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html */
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
 * What arrives in a bucket, or below a prefix of it. The account is asked for as well: names of buckets are in events as their senders write them,
 * while the account is written by EventBridge, and no other account may tell of this one's buckets.
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
