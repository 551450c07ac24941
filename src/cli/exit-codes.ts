import { type ErrorCode, hasCode, RearviewError } from '../domain/errors.ts';

/** What a command ends with. Documented in the help of the program: stable. */
export const exitCodes = {
  ok: 0,
  /** A failing test, a match gate, a lint error, rules that do not compile. */
  findings: 1,
  /** Wrong flags, arguments or configuration, or something that is not there or not allowed. */
  usage: 2,
  /** A bug of ours. */
  bug: 70,
  /** The same command may succeed later: an outage, a lock that another process holds, a full disk. `EX_TEMPFAIL` of sysexits.h. */
  tryLater: 75,
  /** Ended by Ctrl-C, as shells have it: 128 + SIGINT. */
  interrupted: 130,
} as const;

const findings: readonly ErrorCode[] = ['ERR_RULES_INVALID', 'ERR_RULES_TIMEOUT', 'ERR_CONFLICT'];

const tryLater: readonly ErrorCode[] = [
  ...(['ERR_UNAVAILABLE', 'ERR_STATE_LOCKED', 'ERR_STORAGE_FULL'] as const),
  ...(['ERR_LEASE_LOST', 'ERR_ALERT_DELIVERY'] as const),
];

/** The exit code for an error that a command did not handle itself. */
export function exitCodeOf(error: unknown): number {
  if (hasCode(error, ...findings)) return exitCodes.findings;
  if (hasCode(error, ...tryLater) || (error instanceof RearviewError && error.retryable)) return exitCodes.tryLater;
  return error instanceof Error && error.name === 'RearviewError' ? exitCodes.usage : exitCodes.bug;
}
