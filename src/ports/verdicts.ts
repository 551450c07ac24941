import type { Verdict } from '../domain/scans/verdict.ts';

/** Applies verdicts to their objects: tags, notices, quarantine. */
export interface VerdictSink {
  /**
   * Resolves when everything the verdict requires is done. An object version that is gone requires
   * nothing. Repeating it changes nothing more, wherever an earlier call stopped. An impossible
   * action is reported as a problem and does not fail.
   *
   * @throws RearviewError for what was not done; apply the verdict again
   */
  apply(verdict: Verdict): Promise<void>;
}
