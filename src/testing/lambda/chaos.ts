import type { Invocation } from './invocation.ts';

/**
 * When to kill the process of an environment (SIGKILL): milliseconds after the handler was called; `before-answer`: when the handler has
 * returned and Lambda has not heard of it, so that the work is done and the invocation failed; `after-answer`: when the invocation has succeeded,
 * so that what the handler left undone in the background is lost.
 */
export type KillMoment = number | 'before-answer' | 'after-answer';

/** What goes wrong on purpose. */
export interface Chaos {
  /** Asked as an invocation begins; null leaves it alone. */
  readonly kill?: (invocation: Invocation) => KillMoment | null;
  /** Asked when the handler reaches a mark (`reachMark`), where it waits for the answer; true kills it there. */
  readonly killAtMark?: (mark: string, invocation: Invocation) => boolean | Promise<boolean>;
  /** Asked for each line that the handler prints; true kills it, some moments after the line. */
  readonly killAtLog?: (line: string, invocation: Invocation) => boolean;
  /**
   * Asked for each batch of a queue; true hands the same batch, with the same receipts, to the function a second time after the first. What either
   * run settled is deleted.
   */
  readonly deliverTwice?: (batch: { readonly functionName: string; readonly messageIds: readonly string[] }) => boolean;
}
