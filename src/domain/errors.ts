/**
 * Codes of all errors that this program throws on purpose. A code is stable and the list is closed:
 * switch on the code, never on the message.
 *
 * Any other error is a bug in Rearview and ends a command with exit code 70.
 */
export type ErrorCode =
  /** Wrong flags or arguments. */
  | 'ERR_USAGE'
  /** A configuration value, rule test or other input file that cannot be used as written. */
  | 'ERR_CONFIG'
  /** Rules that do not load or compile, or fail their tests. */
  | 'ERR_RULES_INVALID'
  /** Rules that did not compile or load before the deadline. */
  | 'ERR_RULES_TIMEOUT'
  /** A built or published ruleset that is damaged or was made for a different engine. */
  | 'ERR_RULESET_UNUSABLE'
  /** A ruleset could not be signed: the key is missing or unusable. */
  | 'ERR_SIGNING'
  /** The object does not exist (any more). */
  | 'ERR_OBJECT_GONE'
  /** Access to the object is denied: missing permissions, or the wrong key. */
  | 'ERR_OBJECT_DENIED'
  /** The object changed while it was read. */
  | 'ERR_OBJECT_CHANGED'
  /** The object is larger than the reader's limit. */
  | 'ERR_OBJECT_TOO_LARGE'
  /**
   * The object cannot be read in its current form: it is not a regular file (but a folder, FIFO,
   * socket or device).
   */
  | 'ERR_OBJECT_UNSUPPORTED'
  /** The object is archived and must be restored before it can be read. */
  | 'ERR_OBJECT_ARCHIVED'
  /**
   * A service did not respond, broke off its response, failed, or requested a slower pace.
   * Retryable.
   */
  | 'ERR_UNAVAILABLE'
  /** Another writer won a conditional write. */
  | 'ERR_CONFLICT'
  /** Another batcher has taken the lease on a retro scan. */
  | 'ERR_LEASE_LOST'
  /** Nothing has the requested identifier. */
  | 'ERR_NOT_FOUND'
  /** The current state does not allow the operation (for example, resuming a completed scan). */
  | 'ERR_STATE'
  /** The disk (or quota) is full. */
  | 'ERR_STORAGE_FULL'
  /** Another process runs the pipeline on this state folder. */
  | 'ERR_STATE_LOCKED'
  /** An alert could not be delivered. */
  | 'ERR_ALERT_DELIVERY';

export interface RearviewErrorOptions {
  /** True if the same call may succeed later without any change by the user. Default: false. */
  readonly retryable?: boolean;
  readonly cause?: unknown;
}

/**
 * The base class of all errors of Rearview. The message states what is wrong, where, and what to
 * do. It is one line, even if names and other text from outside contain line ends. A message of
 * several lines is passed as a list.
 */
export class RearviewError extends Error {
  readonly code: ErrorCode;
  readonly retryable: boolean;
  /** The lines of the message. A line end within one of them comes from outside. */
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

/** Returns whether `error` is a Rearview error with (one of) the given codes. */
export function hasCode(error: unknown, ...codes: readonly ErrorCode[]): error is RearviewError {
  return error instanceof RearviewError && codes.includes(error.code);
}

/** Returns the message of any thrown value. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * Returns the lines of the message of any thrown value. The caller escapes them and prints each on
 * its own line.
 */
export function linesOf(error: unknown): readonly string[] {
  return error instanceof RearviewError ? error.lines : [messageOf(error)];
}
