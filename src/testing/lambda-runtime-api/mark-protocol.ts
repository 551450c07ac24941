import { z } from 'zod';

/** What the process of a function tells over its channel to the parent, beside the Runtime API: it waits at a mark (`reachMark`). */
export const markReached = z.object({ type: z.literal('mark'), mark: z.number(), name: z.string() });

/** The answer: the handler may go on after the mark of this number. */
export interface MarkPassed {
  readonly type: 'go';
  readonly mark: number;
}
