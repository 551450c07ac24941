import type { RearviewError } from '../../domain/errors.ts';

/**
 * Milliseconds for compiling or loading one ruleset: far more than some thousand rules take on a
 * busy machine.
 */
export const defaultLoadDeadlineMs = 120_000;

/**
 * Rulesets that were not loaded in time. Not every object that waits for one has to wait for the
 * deadline again.
 */
export interface LoadTimeouts {
  /** Returns why not to try it now; undefined if it may be tried. */
  of(rulesetId: string): RearviewError | undefined;
  note(rulesetId: string, error: RearviewError): void;
}

/** How long a ruleset is not tried again. Not forever: the machine may only have been busy. */
const retryAfterMs = 60_000;

export function createLoadTimeouts(now: () => number = () => performance.now()): LoadTimeouts {
  const noted = new Map<string, { readonly error: RearviewError; readonly untilMs: number }>();
  return {
    of(rulesetId) {
      const known = noted.get(rulesetId);
      if (known === undefined || now() < known.untilMs) return known?.error;
      noted.delete(rulesetId);
      return undefined;
    },
    note: (rulesetId, error) => void noted.set(rulesetId, { error, untilMs: now() + retryAfterMs }),
  };
}
