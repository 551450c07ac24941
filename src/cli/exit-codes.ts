import { type ErrorCode, RearviewError } from '../domain/errors.ts';

/** Exit codes of commands. The help of the program documents them: they are stable. */
export const exitCodes = {
  ok: 0,
  /** A failing test, a match gate, a lint error, rules that do not compile, an incomplete result. */
  problems: 1,
  /** Wrong flags, arguments or configuration, or something that is not there or not allowed. */
  usage: 2,
  /** A bug in rearview. */
  bug: 70,
  /**
   * The same command may succeed later: an outage, a lock that another process holds, a full disk.
   * `EX_TEMPFAIL` of sysexits.h.
   */
  tryLater: 75,
  /** Ended by Ctrl-C, as shells have it: 128 + SIGINT. */
  interrupted: 130,
} as const;

/** The exit code of each error, unless the error is retryable. */
const byCode: Readonly<Record<ErrorCode, number>> = {
  ERR_USAGE: exitCodes.usage,
  ERR_CONFIG: exitCodes.usage,
  ERR_RULES_INVALID: exitCodes.problems,
  ERR_RULES_TIMEOUT: exitCodes.problems,
  ERR_RULESET_UNUSABLE: exitCodes.usage,
  ERR_SIGNING: exitCodes.usage,
  ERR_OBJECT_GONE: exitCodes.usage,
  ERR_OBJECT_DENIED: exitCodes.usage,
  ERR_OBJECT_CHANGED: exitCodes.tryLater,
  ERR_OBJECT_TOO_LARGE: exitCodes.usage,
  ERR_OBJECT_UNSUPPORTED: exitCodes.usage,
  ERR_OBJECT_ARCHIVED: exitCodes.usage,
  ERR_UNAVAILABLE: exitCodes.tryLater,
  // Running the command again would hide the change of the other writer. A person has to compare
  // first.
  ERR_CONFLICT: exitCodes.problems,
  ERR_LEASE_LOST: exitCodes.tryLater,
  ERR_NOT_FOUND: exitCodes.usage,
  ERR_STATE: exitCodes.usage,
  ERR_STORAGE_FULL: exitCodes.tryLater,
  ERR_STATE_LOCKED: exitCodes.tryLater,
  ERR_ALERT_DELIVERY: exitCodes.tryLater,
};

/** The exit code for an error that a command did not handle itself. */
export function exitCodeOf(error: unknown): number {
  if (!(error instanceof RearviewError)) return exitCodes.bug;
  const code = byCode[error.code];
  return code === exitCodes.usage && error.retryable ? exitCodes.tryLater : code;
}
