import type { Externals } from '../domain/externals.ts';
import type { RuleMatch } from '../domain/match.ts';
import type { RuleSource } from '../domain/rule.ts';

/** Why a worker can no longer be used. */
export type CrashReason = 'engine_crash' | 'out_of_memory';

/** From the pool to a worker, one at a time. `free` has no answer; the others have exactly one, hashes aside. */
export type WorkerRequest =
  | { readonly type: 'load'; readonly rulesetId: string; readonly sources: readonly RuleSource[] }
  | { readonly type: 'free'; readonly rulesetId: string }
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
  | { readonly type: 'loaded'; readonly ms: number }
  /** The ruleset does not compile; `message` names the files. */
  | { readonly type: 'invalid'; readonly message: string }
  | {
      readonly type: 'scanned';
      readonly matches: readonly RuleMatch[];
      readonly engineMs: number /** The thread should be replaced before its next scan. */;
      readonly worn: boolean;
    }
  /** The worker is to be replaced. */
  | { readonly type: 'crashed'; readonly reason: CrashReason; readonly detail: string };

/** Posted ahead of the scan, so that a file that kills its worker is still known by its hash. */
export type WorkerMessage = WorkerAnswer | ({ readonly type: 'hashed' } & Hashes);
