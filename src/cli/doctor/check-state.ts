import { messageOf } from '../../domain/errors.ts';
import type { LocalTarget } from '../../targets/local/local-target.ts';
import type { CheckResult } from './check-result.ts';

/** Reads the database over, and writes to it. */
export function checkState({ state }: LocalTarget, stateDir: string): CheckResult {
  const check = 'state';
  try {
    const problems = state.db
      .prepare('PRAGMA quick_check')
      .all()
      .map((row) => String(row['quick_check']));
    if (problems.join() !== 'ok') {
      return {
        check,
        status: 'fail',
        detail: `The database in ${stateDir} is damaged (${problems[0]}): move the folder away and run "rearview up".`,
      };
    }
    state.db.exec('BEGIN IMMEDIATE; ROLLBACK');
    return { check, status: 'ok', detail: `${stateDir} is writable and its database is intact` };
  } catch (error) {
    return { check, status: 'fail', detail: `${stateDir}: ${messageOf(error)}` };
  }
}
