import type { Inside } from '../domain/inside/inside.ts';
import type { UnpackLimits } from '../domain/inside/limits.ts';
import type { Externals } from '../domain/rulesets/externals.ts';
import type { RuleSource } from '../domain/rulesets/rule.ts';
import type { RulesetImage } from '../domain/rulesets/ruleset.ts';
import type { RuleMatch } from '../domain/scans/match.ts';
import type { FailReason } from '../domain/scans/outcome.ts';
import type { IndexedContent } from '../index/indexed-object.ts';
import type { BaseShelf } from './base-image.ts';

/** The part of a ruleset that a pool needs: its identity, and its sources or image. */
export interface ScannableRuleset {
  readonly id: string;
  readonly sources: readonly RuleSource[];
  /** Loaded instead of compiling the sources, if it fits the engine. Default: null. */
  readonly image?: RulesetImage | null;
}

export interface ScanRequest {
  readonly ruleset: ScannableRuleset;
  /** The whole file. Its buffer is transferred to the worker and is empty afterwards. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly externals: Externals;
  /**
   * From the moment a worker starts on this file, including hashing but not loading of the ruleset.
   * Default: that of the pool.
   */
  readonly deadlineMs?: number;
  /**
   * Members of the file are scanned, too, within these limits. Their time begins when the file
   * itself is scanned. Default: null, only the file itself.
   */
  readonly unpack?: UnpackLimits | null;
  /** Also returns what the index keeps of the file and its members. Default: false. */
  readonly index?: boolean;
}

/** A file of this machine, which a worker reads itself. */
export interface PlacedFile {
  /** `encodePath` of its absolute path, without symbolic links. */
  readonly key: string;
  /** `fileVersion` of the listing. */
  readonly version: string;
  /** Bytes. */
  readonly size: number;
  /** See `ScanRequest`. */
  readonly index: boolean;
}

export interface FilesRequest {
  readonly ruleset: ScannableRuleset;
  readonly files: readonly PlacedFile[];
  /** See `ScanRequest`. */
  readonly unpack: UnpackLimits | null;
}

/**
 * Bytes of a small file: workers take many of them at once. A larger file is read into the memory of
 * the engine.
 */
export const smallFileBytes = 1024 ** 2;

/** The report on a file that a worker read itself. */
export type PlacedReport = Omit<Extract<ScanReport, { status: 'scanned' }>, 'md5'> & {
  /** Present if a rule matched. */
  readonly md5?: string;
};

/**
 * Text that rules printed with YARA's `console` module while they scanned a file. It is hostile:
 * rules print content of the file, including its name.
 */
export interface PrintedText {
  /** One for each call, in order; a text may have line ends. */
  readonly lines: readonly string[];
  /**
   * Number of calls whose text was not kept, because there were too many. For a scan that ran out
   * of time, at most 1 is known.
   */
  readonly dropped: number;
}

export type ScanReport = {
  /** Present if rules printed something. */
  readonly printed?: PrintedText;
} & (
  | {
      readonly status: 'scanned';
      /** Lower-case hex. */
      readonly sha256: string;
      readonly md5: string;
      readonly size: number;
      /**
       * In the order of the ruleset's namespaces and rules; then rules that match only members, in
       * the order they were found.
       */
      readonly matches: readonly RuleMatch[];
      /**
       * Present if a pattern matched more often than conditions see. The limit is a million, or a
       * thousand if so many matches exhausted time or memory. Conditions that count matches or use
       * their offsets may then have been wrong.
       */
      readonly matchLimitReached?: true;
      /**
       * Present if values of declared variables do not fit their types: each names the value, and
       * that the default was used.
       */
      readonly variableProblems?: readonly string[];
      /** Time inside the engine, in milliseconds; of a container, also that of opening it. */
      readonly engineMs: number;
      /** Present if the file is a container, and members were requested. */
      readonly inside?: Inside;
      /** Present if it was requested, and the file and all scanned members are in it. */
      readonly indexed?: readonly IndexedContent[];
    }
  | {
      readonly status: 'failed';
      readonly reason: Extract<FailReason, 'timeout' | 'engine_crash' | 'out_of_memory'>;
      readonly detail: string;
      readonly size: number;
      /**
       * Present if hashing finished before the scan failed (always, unless the worker died while
       * hashing).
       */
      readonly sha256?: string;
      readonly md5?: string;
    }
);

export interface ScanPoolOptions {
  /** Number of worker threads, each with its own engine. Default: `os.availableParallelism()`. */
  readonly workers?: number;
  /** Milliseconds for one scan. Default: 30,000. */
  readonly deadlineMs?: number;
  /** Milliseconds for compiling or loading one ruleset in one worker. Default: 120,000. */
  readonly loadDeadlineMs?: number;
  /** Rulesets that one worker keeps loaded; the least recently used is dropped. Default: 3. */
  readonly rulesetsPerWorker?: number;
  /**
   * Maximum bytes of engine memory for all rulesets of one worker; one is always kept. Default: 512
   * MiB.
   */
  readonly rulesetBytesPerWorker?: number;
  /**
   * Maximum bytes of engine memory for one scan, including its ruleset and file. Default: 1 GiB.
   */
  readonly maxMemoryBytes?: number;
  /**
   * Called once for each ruleset whose image does not fit, is damaged, or crashes the worker that
   * loads it; its sources are compiled instead.
   */
  readonly onImageRefused?: (rulesetId: string, why: string) => void;
  /**
   * Images of rulesets. A ruleset without an image that differs from one of them in a few files is
   * loaded on top of it, instead of compiling all of it. The pool adds those that it loads. Default:
   * only those.
   */
  readonly bases?: BaseShelf | undefined;
}

/** Worker threads that scan. */
export interface ScanPool {
  readonly workers: number;
  /**
   * Scans one file in the first free worker; requests wait in the order of arrival.
   * @throws RearviewError `ERR_RULES_INVALID` if the ruleset does not compile, `ERR_RULES_TIMEOUT`
   *   if that takes too long, `ERR_STATE` if the pool is closed
   */
  scan(request: ScanRequest): Promise<ScanReport>;
  /**
   * Scans files, one after the other, in the first free worker. For small files this costs a
   * fraction of single scans. A large file needs half of the memory.
   * @returns a report on each file; null if it must be read and scanned by itself: it changed,
   *   cannot be read, or had no report in time, or the engine failed
   * @throws RearviewError as `scan`
   */
  scanFiles(request: FilesRequest): Promise<readonly (PlacedReport | null)[]>;
  /**
   * Loads the ruleset in every worker before the first scan; resolves with the longest time it
   * took, in milliseconds.
   */
  warm(ruleset: ScannableRuleset): Promise<number>;
  /** Terminates all workers; running scans are rejected with `ERR_STATE`. */
  close(): Promise<void>;
}
