/**
 * Every error that this program throws on purpose. `code` is stable and closed: switch on it, never on the message.
 *
 * What is not in this list is a bug of ours and ends a command with exit code 70.
 */
export type ErrorCode =
  /** Wrong flags or arguments. */
  | 'ERR_USAGE'
  /** A configuration value, rule test or other input file that cannot be used as written. */
  | 'ERR_CONFIG'
  /** Rules that do not load, compile or pass their tests. */
  | 'ERR_RULES_INVALID'
  /** Rules that were not compiled or loaded within the deadline. */
  | 'ERR_RULES_TIMEOUT'
  /** A built or published ruleset that is damaged or was made for something else. */
  | 'ERR_RULESET_UNUSABLE'
  /** A ruleset could not be signed: there is no key, or it may not be used. */
  | 'ERR_SIGNING'
  /** The object no longer exists (or never did). */
  | 'ERR_OBJECT_GONE'
  /** The object may not be read: permissions, or a wrong key. */
  | 'ERR_OBJECT_DENIED'
  /** The object changed while it was read. */
  | 'ERR_OBJECT_CHANGED'
  /** The object is larger than the limit that the reader gave. */
  | 'ERR_OBJECT_TOO_LARGE'
  /** The object cannot be read as it is: not a regular file (a folder, FIFO, socket or device). */
  | 'ERR_OBJECT_UNSUPPORTED'
  /** The object is archived: it has to be restored before it can be read. */
  | 'ERR_OBJECT_ARCHIVED'
  /** A service did not answer, broke off its answer, failed itself, or asked to slow down. Retryable. */
  | 'ERR_UNAVAILABLE'
  /** A conditional write lost against another writer. */
  | 'ERR_CONFLICT'
  /** The lease on a retro scan went to another batcher. */
  | 'ERR_LEASE_LOST'
  /** What was asked for by identifier is not there. */
  | 'ERR_NOT_FOUND'
  /** The state of the thing does not allow the step (resuming a completed scan, say). */
  | 'ERR_STATE'
  /** The disk (or quota) is full. */
  | 'ERR_STORAGE_FULL'
  /** Another process runs the pipeline on this state folder. */
  | 'ERR_STATE_LOCKED'
  /** An alert could not be delivered. */
  | 'ERR_ALERT_DELIVERY';

export interface RearviewErrorOptions {
  /** True when the same call may succeed later without anyone changing anything. Default: false. */
  readonly retryable?: boolean;
  readonly cause?: unknown;
}

/**
 * The one base of our errors. The message says what happened, where, and what to do. It is one line, whatever line ends names and other text from outside put
 * into it; a message of several lines is given as a list.
 */
export class RearviewError extends Error {
  readonly code: ErrorCode;
  readonly retryable: boolean;
  /** The lines of the message. A line end within one of them is text from outside. */
  readonly lines: readonly string[];

  constructor(code: ErrorCode, message: string | readonly string[], options: RearviewErrorOptions = {}) {
    const lines = typeof message === 'string' ? [message] : message;
    super(lines.join('\n'), options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'RearviewError';
    this.code = code;
    this.lines = lines;
    this.retryable = options.retryable ?? false;
  }
}

/** Whether `error` is ours and has (one of) the given codes. */
export function hasCode(error: unknown, ...codes: readonly ErrorCode[]): error is RearviewError {
  return error instanceof RearviewError && codes.includes(error.code);
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The message of anything thrown, line by line: to be made safe, and printed each on a line of its own. */
export function linesOf(error: unknown): readonly string[] {
  return error instanceof RearviewError ? error.lines : [messageOf(error)];
}
