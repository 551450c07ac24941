/** A message as received. Its work must be done, or its visibility extended, before `visibilityMs` is over. */
export interface ReceivedMessage {
  readonly id: string;
  readonly body: string;
  /** Names this delivery; a later delivery of the same message has another. */
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
  /** Age of the oldest message that is visible or in flight, in milliseconds; null where there is none, or where the queue cannot tell. */
  readonly oldestMs: number | null;
}

/** At-least-once delivery in the manner of Amazon SQS standard queues. */
export interface Queue {
  readonly name: string;
  send(bodies: readonly string[]): Promise<void>;
  /** Up to `max` messages, at once if there are any, else when one comes or after `waitMs` (then none). */
  receive(options: {
    readonly max: number;
    readonly waitMs?: number;
    readonly signal?: AbortSignal;
  }): Promise<readonly ReceivedMessage[]>;
  /** Removes the message. A receipt of an earlier delivery changes nothing. */
  acknowledge(message: ReceivedMessage): Promise<void>;
  /** Makes the message visible again after `delayMs`. */
  release(message: ReceivedMessage, delayMs: number): Promise<void>;
  /** Starts the visibility timeout anew, from now. */
  extend(message: ReceivedMessage): Promise<void>;
  stats(): Promise<QueueStats>;
  /** Messages that were received `maxReceives` times and not acknowledged, oldest first. */
  deadLetters(options: { readonly limit: number }): Promise<readonly DeadLetter[]>;
  /** Puts dead letters back, their receive count at 0. All of them without `ids`. Answers how many. */
  redrive(options?: { readonly ids?: readonly string[] }): Promise<number>;
}

export interface DeadLetter {
  readonly id: string;
  readonly body: string;
  readonly receiveCount: number;
  readonly sentAt: string;
}
