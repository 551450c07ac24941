import type { Verdict } from '../domain/scans/verdict.ts';

/** Applies verdicts to the objects they are of: tags, notices, quarantine. */
export interface VerdictSink {
  /**
   * Resolves when all is done that the verdict calls for; an object version that is gone calls for nothing. Doing it again changes nothing more,
   * wherever an earlier call broke off. What can never be done for an object is told as a problem and does not fail.
   *
   * @throws RearviewError what was not done; the verdict is to be applied again
   */
  apply(verdict: Verdict): Promise<void>;
}
