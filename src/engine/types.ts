import type { Externals } from '../domain/rulesets/externals.ts';
import type { RuleSource } from '../domain/rulesets/rule.ts';
import type { RulesetImage } from '../domain/rulesets/ruleset.ts';
import type { RuleMatch } from '../domain/scans/match.ts';
import type { FailReason } from '../domain/scans/outcome.ts';

/** What a pool needs of a ruleset: its identity, and what to make it of. */
export interface ScannableRuleset {
  readonly id: string;
  readonly sources: readonly RuleSource[];
  /** Loaded instead of compiling the sources, where it fits the engine. Default: null. */
  readonly image?: RulesetImage | null;
}

export interface ScanRequest {
  readonly ruleset: ScannableRuleset;
  /** The whole file. Its buffer is transferred to the worker and is empty afterwards. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly externals: Externals;
  /** From the moment a worker starts on this file, hashing included and loading of the ruleset not. Default: the pool's. */
  readonly deadlineMs?: number;
}

/** What rules printed with YARA's `console` module while they scanned a file. Hostile text: rules print what the file says, its name included. */
export interface PrintedText {
  /** One for each call, in order; a text may have line ends. */
  readonly lines: readonly string[];
  /** Calls whose text was not kept, as there were too many. Of a scan that ran out of time no more than 1 is known. */
  readonly dropped: number;
}

export type ScanReport = {
  /** Present where rules printed something. */
  readonly printed?: PrintedText;
} & (
  | {
      readonly status: 'scanned';
      /** Lower-case hex. */
      readonly sha256: string;
      readonly md5: string;
      readonly size: number;
      /** In the order of the ruleset's namespaces and rules. */
      readonly matches: readonly RuleMatch[];
      /**
       * Present where a pattern matched in more places than conditions see: a million, or a thousand where so many rules matched in so many places that time or memory
       * ran out. Conditions that count matches or look at their places may then have been wrong.
       */
      readonly matchLimitReached?: true;
      /** Present where values of declared variables do not fit their types: each says what was given, and that the default was used. */
      readonly variableProblems?: readonly string[];
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
    }
);

export interface ScanPoolOptions {
  /** Number of worker threads, each with an engine of its own. Default: `os.availableParallelism()`. */
  readonly workers?: number;
  /** Milliseconds that a scan may take. Default: 30,000. */
  readonly deadlineMs?: number;
  /** Milliseconds that compiling or loading one ruleset may take in one worker. Default: 120,000. */
  readonly loadDeadlineMs?: number;
  /** Rulesets that one worker keeps loaded; the least recently used is dropped. Default: 3. */
  readonly rulesetsPerWorker?: number;
  /** Bytes of engine memory that the rulesets of one worker may take together; one is always kept. Default: 512 MiB. */
  readonly rulesetBytesPerWorker?: number;
  /** Bytes of engine memory that one scan may take, its ruleset and file included. Default: 1 GiB. */
  readonly maxMemoryBytes?: number;
  /** Told once for each ruleset whose image does not fit, is damaged, or crashes the worker that loads it; its sources are compiled instead. */
  readonly onImageRefused?: (rulesetId: string, why: string) => void;
}

/** Worker threads that scan. */
export interface ScanPool {
  readonly workers: number;
  /**
   * Scans one file in the first free worker; requests wait in the order they came.
   * @throws RearviewError `ERR_RULES_INVALID` when the ruleset does not compile, `ERR_RULES_TIMEOUT` when that takes too long, `ERR_STATE` when the pool
   * is closed
   */
  scan(request: ScanRequest): Promise<ScanReport>;
  /** Loads the ruleset in every worker ahead of the first scan; resolves with the longest time it took, in milliseconds. */
  warm(ruleset: ScannableRuleset): Promise<number>;
  /** Terminates all workers; scans under way are rejected with `ERR_STATE`. */
  close(): Promise<void>;
}
