import test from 'ava';
import { type ErrorCode, RearviewError } from '../domain/errors.ts';
import { exitCodeOf } from './exit-codes.ts';

/** By error code, the exit codes of an error that stays and of one that may pass. */
const expected: Readonly<Record<ErrorCode, readonly [number, number]>> = {
  ERR_USAGE: [2, 75],
  ERR_CONFIG: [2, 75],
  ERR_RULES_INVALID: [1, 1],
  ERR_RULES_TIMEOUT: [1, 1],
  ERR_RULESET_UNUSABLE: [2, 75],
  ERR_SIGNING: [2, 75],
  ERR_OBJECT_GONE: [2, 75],
  ERR_OBJECT_DENIED: [2, 75],
  ERR_OBJECT_CHANGED: [75, 75],
  ERR_OBJECT_TOO_LARGE: [2, 75],
  ERR_OBJECT_UNSUPPORTED: [2, 75],
  ERR_OBJECT_ARCHIVED: [2, 75],
  ERR_UNAVAILABLE: [75, 75],
  ERR_CONFLICT: [1, 1],
  ERR_LEASE_LOST: [75, 75],
  ERR_NOT_FOUND: [2, 75],
  ERR_STATE: [2, 75],
  ERR_STORAGE_FULL: [75, 75],
  ERR_STATE_LOCKED: [75, 75],
  ERR_ALERT_DELIVERY: [75, 75],
};

test('each error code has its exit code: 2 for wrong usage and configuration, 75 for temporary errors', (t) => {
  for (const [code, codes] of Object.entries(expected) as [ErrorCode, readonly [number, number]][]) {
    const found = [false, true].map((retryable) => exitCodeOf(new RearviewError(code, '', { retryable })));
    t.deepEqual(found, codes, code);
  }
});

test('an error without an error code is a bug', (t) => {
  for (const error of [new Error('x'), new TypeError('x'), 'x', undefined]) t.is(exitCodeOf(error), 70);
});
