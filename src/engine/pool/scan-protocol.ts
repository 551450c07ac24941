import type { Inside, Place } from '../../domain/inside/inside.ts';
import type { UnpackLimits } from '../../domain/inside/limits.ts';
import type { Externals } from '../../domain/rulesets/externals.ts';
import type { RuleSource } from '../../domain/rulesets/rule.ts';
import type { RulesetImage } from '../../domain/rulesets/ruleset.ts';
import type { RuleMatch } from '../../domain/scans/match.ts';
import type { IndexedContent } from '../../index/indexed-object.ts';
import type { Layer } from '../base-image.ts';
import type { CompileReport } from '../compile.ts';
import type { PlacedFile, PlacedReport } from '../types.ts';

/** The reason why a worker can no longer be used. */
export type CrashReason = 'engine_crash' | 'out_of_memory';

/** The source from which a worker makes a ruleset. */
export type RulesetOrigin =
  | {
      readonly from: 'image';
      readonly image: RulesetImage;
      /** Whether a worker of this pool made it; others are tested on a few bytes before use. */
      readonly isOwn: boolean;
    }
  | { readonly from: 'sources'; readonly sources: readonly RuleSource[] }
  | {
      /** The image of another ruleset, with a layer on top. */
      readonly from: 'layers';
      readonly image: RulesetImage;
      readonly layer: Layer;
      /** All namespaces of the ruleset, in its order. */
      readonly order: readonly string[];
    };

/**
 * To a worker, one at a time. `setup` comes first, and once; it and `free` have no response. The
 * others have exactly one, apart from hashes.
 */
export type WorkerRequest =
  | ({ readonly type: 'setup' } & WorkerSetup)
  | { readonly type: 'load'; readonly rulesetId: string; readonly origin: RulesetOrigin }
  | { readonly type: 'free'; readonly rulesetId: string }
  /** Compiles each source separately and keeps nothing. */
  | { readonly type: 'check'; readonly sources: readonly RuleSource[] }
  | {
      readonly type: 'scan';
      readonly rulesetId: string;
      readonly bytes: Uint8Array<ArrayBuffer>;
      readonly externals: Externals;
      readonly unpack: UnpackLimits | null;
      readonly index: boolean;
    }
  | {
      readonly type: 'scan_files';
      readonly rulesetId: string;
      readonly files: readonly PlacedFile[];
      readonly unpack: UnpackLimits | null;
      /** One number, which the worker increases when it begins a file or a member. */
      readonly steps: Int32Array<SharedArrayBuffer>;
    };

/** Lower-case hex. */
export interface Hashes {
  readonly sha256: string;
  readonly md5: string;
}

/** The result for a file itself, or for one member. */
export interface ScanResult {
  readonly matches: readonly RuleMatch[];
  readonly matchLimitReached: boolean;
  readonly variableProblems: readonly string[];
}

/** A member that was scanned. */
export interface ScannedMember extends ScanResult {
  readonly place: Place;
  /** Lower-case hex. */
  readonly sha256: string;
  readonly size: number;
}

/** The final response of a worker to a request. */
export type WorkerAnswer =
  | {
      readonly type: 'loaded';
      readonly ms: number;
      /** Bytes of memory of the engine that holds the ruleset. */
      readonly memoryBytes: number;
      /** The image for the next worker, if this one compiled it. */
      readonly image: RulesetImage | null;
    }
  /** The image is damaged, of another engine, or cannot scan. The worker is unchanged. */
  | { readonly type: 'refused'; readonly why: string }
  /** Every source has its report. */
  | { readonly type: 'checked' }
  /** The ruleset does not compile; `message` names the files. */
  | { readonly type: 'invalid'; readonly message: readonly string[] }
  | ({
      readonly type: 'scanned';
      readonly engineMs: number;
      /** Null if the file is no container, or members were not requested. */
      readonly inside: Inside | null;
      /** Absent if it was not requested, or failed. */
      readonly indexed?: readonly IndexedContent[];
    } & ScanResult)
  | {
      readonly type: 'scanned_files';
      /** Null for files without a result that counts. */
      readonly reports: readonly (PlacedReport | null)[];
      /** Whether the worker must be replaced. */
      readonly isBroken: boolean;
    }
  /** The worker must be replaced. */
  | { readonly type: 'crashed'; readonly reason: CrashReason; readonly detail: string };

/** Posted during the work, so that it is known even if the work never ends. */
export type WorkerNews =
  /** Posted before the scan, so that the hash of a file that kills its worker is known. */
  | ({ readonly type: 'hashed' } & Hashes)
  /** Posted for a container, before it is opened: the result of the file itself stands. */
  | ({ readonly type: 'opening'; readonly engineMs: number; readonly formats: readonly string[] } & ScanResult)
  | ({ readonly type: 'member' } & ScannedMember)
  /** The engine's report on the next source. */
  | { readonly type: 'checked_one'; readonly report: CompileReport }
  /** Text that a rule printed. */
  | { readonly type: 'printed'; readonly text: string }
  /**
   * Number of texts dropped so far. Posted with the first, and with the last before the response.
   */
  | { readonly type: 'dropped'; readonly count: number };

export type WorkerMessage = WorkerAnswer | WorkerNews;

/** What a worker needs before its first task. */
export interface WorkerSetup {
  /** The engine's module, with its memory limit. */
  readonly module: WebAssembly.Module;
  /** Lower-case hex SHA-256 of the module without the limit. */
  readonly engineSha256: string;
  /** Maximum size of an engine's memory in bytes. */
  readonly maxMemoryBytes: number;
}
