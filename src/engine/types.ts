import type { Externals } from '../domain/externals.ts';
import type { RuleMatch } from '../domain/match.ts';
import type { FailReason } from '../domain/outcome.ts';
import type { RuleSource } from '../domain/rule.ts';

/** What a pool needs of a ruleset: its identity and how to compile it. */
export interface ScannableRuleset {
  readonly id: string;
  readonly sources: readonly RuleSource[];
}

export interface ScanRequest {
  readonly ruleset: ScannableRuleset;
  /** The whole file. Its buffer is transferred to the worker and is empty afterwards. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly externals: Externals;
  /** From the moment a worker starts on this file, hashing included and compilation of the ruleset not. Default: the pool's. */
  readonly deadlineMs?: number;
}

export type ScanReport =
  | {
      readonly status: 'scanned';
      /** Lower-case hex. */
      readonly sha256: string;
      readonly md5: string;
      readonly size: number;
      /** In the order of the ruleset's namespaces and rules. */
      readonly matches: readonly RuleMatch[];
      /** Time inside the engine, in milliseconds. */
      readonly engineMs: number;
    }
  | {
      readonly status: 'failed';
      readonly reason: Extract<FailReason, 'timeout' | 'engine_crash' | 'out_of_memory'>;
      readonly detail: string;
      readonly size: number;
      /** Present where hashing was done before the scan failed (it always is, unless the worker died while hashing). */
      readonly sha256?: string;
      readonly md5?: string;
    };

export interface ScanPoolOptions {
  /** Number of worker threads, each with an engine of its own. Default: `os.availableParallelism()`. */
  readonly workers?: number;
  /** Milliseconds. Default: 30,000. */
  readonly deadlineMs?: number;
  /** Rulesets that one worker keeps compiled; the least recently used is freed. Default: 3. */
  readonly rulesetsPerWorker?: number;
}

/** Worker threads that scan. */
export interface ScanPool {
  readonly workers: number;
  /**
   * Scans one file in the first free worker; requests wait in the order they came.
   * @throws RearviewError `ERR_RULES_INVALID` when the ruleset does not compile, `ERR_STATE` when the pool is closed
   */
  scan(request: ScanRequest): Promise<ScanReport>;
  /** Compiles the ruleset in every worker ahead of the first scan; resolves with the longest time it took, in milliseconds. */
  warm(ruleset: ScannableRuleset): Promise<number>;
  /** Terminates all workers; scans under way are rejected with `ERR_STATE`. */
  close(): Promise<void>;
}
