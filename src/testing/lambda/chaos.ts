import type { Invocation } from './invocation.ts';

/**
 * The moment at which to kill the process of an environment (SIGKILL). A number: milliseconds after
 * the handler was called. `before-answer`: after the handler has returned and before Lambda receives
 * the result, so that the work is done and the invocation failed. `after-answer`: after the
 * invocation has succeeded, so that unfinished background work of the handler is lost.
 */
export type KillMoment = number | 'before-answer' | 'after-answer';

/** Faults to inject. */
export interface Chaos {
  /** Called at the start of an invocation; null lets it run. */
  readonly kill?: (invocation: Invocation) => KillMoment | null;
  /** Called when the handler waits at a mark (`reachMark`); true kills it there. */
  readonly killAtMark?: (mark: string, invocation: Invocation) => boolean | Promise<boolean>;
  /** Called for each line that the handler prints; true kills it, shortly after the line. */
  readonly killAtLog?: (line: string, invocation: Invocation) => boolean;
  /**
   * Called for each batch of a queue. True delivers the same batch, with the same receipts, to the
   * function a second time after the first. Messages that either run completed are deleted.
   */
  readonly deliverTwice?: (batch: { readonly functionName: string; readonly messageIds: readonly string[] }) => boolean;
}
