import { messageOf } from '../../domain/errors.ts';

/** Result of one check of `doctor`. */
export interface CheckResult {
  readonly check: string;
  readonly status: 'ok' | 'warn' | 'fail';
  /** The state and, for a problem, the fix. */
  readonly detail: string;
}

export function ok(check: string, detail: string): CheckResult {
  return { check, status: 'ok', detail };
}

export function warn(check: string, detail: string): CheckResult {
  return { check, status: 'warn', detail };
}

export function fail(check: string, detail: string): CheckResult {
  return { check, status: 'fail', detail };
}

/** Runs a check. An error is a failed check with the reason; the other checks continue. */
export async function attempt(check: string, step: () => Promise<CheckResult>): Promise<CheckResult> {
  try {
    return await step();
  } catch (error) {
    return fail(check, messageOf(error));
  }
}
