/** The identifying fields of a received alert. */
export interface SeenAlert {
  readonly bucket: string;
  readonly key: string;
  /** `namespace:name`. */
  readonly ruleId: string;
}

/** A temporary resource that could not be removed. */
export interface Leftover {
  /** Its name in the service: an ARN, a URL, bucket and key. */
  readonly name: string;
  /** The reason why it still exists. */
  readonly reason: string;
}

/** Sees every alert sent from when it was opened until it is closed, like a regular receiver. */
export interface AlertWatch {
  /** The watched location, for display. */
  readonly name: string;
  /**
   * Returns alerts since the last call, at once if there are any. Otherwise it waits for one, for
   * `waitMs`, or for the signal (then returns none). An alert that was sent twice may be returned
   * twice.
   * @throws RearviewError `ERR_UNAVAILABLE` (retryable), `ERR_CONFIG`
   */
  receive(options: { readonly waitMs: number; readonly signal: AbortSignal }): Promise<readonly SeenAlert[]>;
  /** Removes the resources it created; returns those that are left. */
  close(): Promise<readonly Leftover[]>;
}
