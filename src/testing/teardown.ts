import type { ExecutionContext } from 'ava';

/** The owner of cleanup functions: a test, or a script that calls them, last first. */
export type Teardown = Pick<ExecutionContext, 'teardown'>;
