import { messageOf } from '../../domain/errors.ts';

/** What one check of `doctor` came to. */
export interface Finding {
  readonly check: string;
  readonly status: 'ok' | 'warn' | 'fail';
  /** What is, and where it is not as it should be, the way out. */
  readonly detail: string;
}

export function ok(check: string, detail: string): Finding {
  return { check, status: 'ok', detail };
}

export function warn(check: string, detail: string): Finding {
  return { check, status: 'warn', detail };
}

export function fail(check: string, detail: string): Finding {
  return { check, status: 'fail', detail };
}

/** A check that could not be made has failed, and says why; the others go on. */
export async function attempt(check: string, step: () => Promise<Finding>): Promise<Finding> {
  try {
    return await step();
  } catch (error) {
    return fail(check, messageOf(error));
  }
}
