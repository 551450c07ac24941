/** A message for the people who run the pipeline, in plain text. */
export interface OperatorNotice {
  /** Printable ASCII, at most 100 characters: the subject of a mail. */
  readonly subject: string;
  readonly text: string;
}

/** Sends notices to the people who run the pipeline. */
export interface OperatorNotices {
  /** @throws RearviewError `ERR_ALERT_DELIVERY`, retryable */
  send(notice: OperatorNotice): Promise<void>;
}
