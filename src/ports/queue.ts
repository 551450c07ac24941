/** A received message. Finish its work, or extend its visibility, before `visibilityMs` is over. */
export interface ReceivedMessage {
  readonly id: string;
  readonly body: string;
  /** Identifies this delivery; a later delivery of the same message has another. */
  readonly receipt: string;
  /** 1 for the first delivery. */
  readonly receiveCount: number;
  /** ISO 8601 in UTC. */
  readonly sentAt: string;
}

export interface QueueStats {
  readonly visible: number;
  readonly inFlight: number;
  readonly deadLetters: number;
  /**
   * Age of the oldest message that is visible or in flight, in milliseconds; null if there is none,
   * or if the queue cannot report it.
   */
  readonly oldestMs: number | null;
}

/** A queue with at-least-once delivery, modelled on Amazon SQS standard queues. */
export interface Queue {
  readonly name: string;
  send(bodies: readonly string[]): Promise<void>;
  /**
   * Returns up to `max` messages, at once if there are any. Otherwise it waits for one, or for
   * `waitMs` (then returns none).
   */
  receive(options: {
    readonly max: number;
    readonly waitMs?: number;
    readonly signal?: AbortSignal;
  }): Promise<readonly ReceivedMessage[]>;
  /** Removes the message. A receipt of an earlier delivery changes nothing. */
  acknowledge(message: ReceivedMessage): Promise<void>;
  /** Makes the message visible again after `delayMs`. */
  release(message: ReceivedMessage, delayMs: number): Promise<void>;
  /** Restarts the visibility timeout, from now. */
  extend(message: ReceivedMessage): Promise<void>;
  stats(): Promise<QueueStats>;
  /**
   * Messages that were received `maxReceives` times and not acknowledged, oldest first.
   * @param options.patient waits for messages that another reader examines just now. Default: false,
   *   for a caller that looks again and again
   */
  deadLetters(options: { readonly limit: number; readonly patient?: boolean }): Promise<readonly DeadLetter[]>;
  /**
   * Redrives dead letters with a receive count of 0. All of them without `ids`. Waits for messages
   * that another reader examines just now. Returns how many.
   */
  redrive(options?: { readonly ids?: readonly string[] }): Promise<number>;
}

export interface DeadLetter {
  readonly id: string;
  readonly body: string;
  readonly receiveCount: number;
  readonly sentAt: string;
}
