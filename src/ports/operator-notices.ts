/** A message for the operators of the pipeline, in plain text. */
export interface OperatorNotice {
  /** Printable ASCII, at most 100 characters: the subject of an email. */
  readonly subject: string;
  readonly text: string;
}

/** Sends notices to the operators of the pipeline. */
export interface OperatorNotices {
  /** @throws RearviewError `ERR_ALERT_DELIVERY`, retryable */
  send(notice: OperatorNotice): Promise<void>;
}
