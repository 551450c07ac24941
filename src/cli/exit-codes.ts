import { type ErrorCode, hasCode } from '../domain/errors.ts';

/** What a command ends with. Documented in the help of the program: stable. */
export const exitCodes = {
  ok: 0,
  /** A failing test, a match gate, a lint error, rules that do not compile. */
  findings: 1,
  /** Wrong flags, arguments or configuration, or surroundings that do not allow what was asked for. */
  usage: 2,
  /** A bug of ours. */
  bug: 70,
  /** Ended by Ctrl-C, as shells have it: 128 + SIGINT. */
  interrupted: 130,
} as const;

const findings: readonly ErrorCode[] = ['ERR_RULES_INVALID', 'ERR_RULES_TIMEOUT', 'ERR_CONFLICT'];

/** The exit code for an error that a command did not handle itself. */
export function exitCodeOf(error: unknown): number {
  if (hasCode(error, ...findings)) return exitCodes.findings;
  return error instanceof Error && error.name === 'RearviewError' ? exitCodes.usage : exitCodes.bug;
}
