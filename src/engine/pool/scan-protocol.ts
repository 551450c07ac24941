import type { Externals } from '../../domain/rulesets/externals.ts';
import type { RuleSource } from '../../domain/rulesets/rule.ts';
import type { RulesetImage } from '../../domain/rulesets/ruleset.ts';
import type { RuleMatch } from '../../domain/scans/match.ts';
import type { CompileReport } from '../compile.ts';
import type { Remedy } from '../remedies.ts';

/** Why a worker can no longer be used. */
export type CrashReason = 'engine_crash' | 'out_of_memory';

/** What a worker makes a ruleset of. */
export type RulesetOrigin =
  | {
      readonly from: 'image';
      readonly image: RulesetImage;
      /** Whether a worker of this pool made it; others are tried on a few bytes before they are used. */
      readonly isOwn: boolean;
    }
  | { readonly from: 'sources'; readonly sources: readonly RuleSource[] };

/** From the pool to a worker, one at a time. `free` has no answer; the others have exactly one, hashes aside. */
export type WorkerRequest =
  | { readonly type: 'load'; readonly rulesetId: string; readonly origin: RulesetOrigin }
  | { readonly type: 'free'; readonly rulesetId: string }
  /** Compiles each source by itself; nothing of it is kept. */
  | { readonly type: 'check'; readonly sources: readonly RuleSource[] }
  | {
      readonly type: 'scan';
      readonly rulesetId: string;
      readonly bytes: Uint8Array<ArrayBuffer>;
      readonly externals: Externals;
    };

/** Lower-case hex. */
export interface Hashes {
  readonly sha256: string;
  readonly md5: string;
}

/** The last word of a worker on a request. */
export type WorkerAnswer =
  | {
      readonly type: 'loaded';
      readonly ms: number;
      /** Of the engine that holds the ruleset. */
      readonly memoryBytes: number;
      /** What the next worker can load, where this one compiled it. Null where no image can be made. */
      readonly image: RulesetImage | null;
      /** Which remedies are off in the worker, and why. */
      readonly remediesOff: readonly (readonly [Remedy, string])[];
    }
  /** The image is damaged, of another engine, or cannot scan. The worker is as it was. */
  | { readonly type: 'refused'; readonly why: string }
  /** Every source has its report. */
  | { readonly type: 'checked' }
  /** The ruleset does not compile; `message` names the files. */
  | { readonly type: 'invalid'; readonly message: readonly string[] }
  | {
      readonly type: 'scanned';
      readonly matches: readonly RuleMatch[];
      readonly matchLimitReached: boolean;
      readonly variableProblems: readonly string[];
      readonly engineMs: number;
      /** The thread should be replaced before its next scan. */
      readonly worn: boolean;
    }
  /** The worker is to be replaced. */
  | { readonly type: 'crashed'; readonly reason: CrashReason; readonly detail: string };

/** Posted while something goes on, so that it is known even of what never ends. */
export type WorkerNews =
  /** Ahead of the scan, so that a file that kills its worker is still known by its hash. */
  | ({ readonly type: 'hashed' } & Hashes)
  /** What the engine says of the next source. */
  | { readonly type: 'checked_one'; readonly report: CompileReport }
  /** A rule printed this. */
  | { readonly type: 'printed'; readonly text: string }
  /** So many texts were dropped so far. Posted with the first, and with the last before the answer. */
  | { readonly type: 'dropped'; readonly count: number };

export type WorkerMessage = WorkerAnswer | WorkerNews;

/** What a worker is started with. */
export interface WorkerSetup {
  /** The engine's module, with the limit to its memory. */
  readonly module: WebAssembly.Module;
  /** Lower-case hex SHA-256 of the module without the limit. */
  readonly engineSha256: string;
  /** Bytes: where the memory of an engine ends. */
  readonly maxMemoryBytes: number;
}
