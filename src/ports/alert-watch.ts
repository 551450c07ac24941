/** What an alert that arrived says of itself. */
export interface SeenAlert {
  readonly bucket: string;
  readonly key: string;
  /** `namespace:name`. */
  readonly ruleId: string;
}

/** Something that was made for a while and could not be taken away again. */
export interface Leftover {
  /** As the service knows it: an ARN, a URL, bucket and key. */
  readonly name: string;
  /** Why it is there still. */
  readonly reason: string;
}

/** Sees every alert that is sent from when it was opened until it is closed, as whoever receives them does. */
export interface AlertWatch {
  /** Where it looks, for people. */
  readonly name: string;
  /**
   * Alerts that came since the last call, at once if there are any; else when one comes, after `waitMs`, or when the signal comes (then none). What was
   * sent twice may be told twice.
   * @throws RearviewError `ERR_UNAVAILABLE` (retryable), `ERR_CONFIG`
   */
  receive(options: { readonly waitMs: number; readonly signal: AbortSignal }): Promise<readonly SeenAlert[]>;
  /** Takes away what it made; answers what is left of that. */
  close(): Promise<readonly Leftover[]>;
}
