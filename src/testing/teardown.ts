import type { ExecutionContext } from 'ava';

/** Whoever ends what was begun: a test, or a script that calls what it was given, last first. */
export type Teardown = Pick<ExecutionContext, 'teardown'>;
