import * as z from 'zod';

/**
 * The message of the process of a function to its parent that it waits at a mark (`reachMark`). It
 * uses its own channel, not the Runtime API.
 */
export const markReached = z.object({ type: z.literal('mark'), mark: z.number(), name: z.string() });

/** The answer: the handler may continue after the mark with this number. */
export interface MarkPassed {
  readonly type: 'go';
  readonly mark: number;
}
