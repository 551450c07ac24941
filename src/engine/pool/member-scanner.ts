import { hash } from 'node:crypto';
import { boundedPlace, type NotScanned } from '../../domain/inside/inside.ts';
import { externalsOfMember } from '../../domain/inside/member-externals.ts';
import type { Externals } from '../../domain/rulesets/externals.ts';
import type { Member } from '../../unpack/unpack.ts';
import { isOutOfMemory, type LoadedRuleset } from '../loaded-ruleset.ts';
import type { ScannedMember, ScanResult } from './scan-protocol.ts';

/**
 * Results of recent members by content, ruleset, and the values that the rules can see: the same
 * theme or library is inside thousands of files.
 */
export interface RecentMembers {
  get(key: string): ScanResult | undefined;
  put(key: string, result: ScanResult): void;
}

const maxRecent = 4096;
/** Most matched strings of a result that is kept: those of floods would take a gigabyte. */
const maxKeptStrings = 16;

export function createRecentMembers(max = maxRecent): RecentMembers {
  const results = new Map<string, ScanResult>();
  return {
    get(key) {
      const result = results.get(key);
      if (result !== undefined) {
        results.delete(key);
        results.set(key, result);
      }
      return result;
    },
    put(key, result) {
      if (result.matches.reduce((sum, { strings }) => sum + strings.length, 0) > maxKeptStrings) return;
      results.set(key, result);
      const oldest = results.keys().next();
      if (results.size > max && !oldest.done) results.delete(oldest.value);
    },
  };
}

export interface MemberScannerOptions {
  readonly rulesetId: string;
  readonly rules: LoadedRuleset;
  readonly recent: RecentMembers;
  /** Those of the file itself. */
  readonly externals: Externals;
  readonly maxMemoryBytes: number;
  /** Number of texts that rules have printed so far. */
  readonly printed: () => number;
  /** Receives each member before it is scanned. */
  readonly onContent: (bytes: Uint8Array, sha256: string) => void;
  readonly report: (member: ScannedMember) => void;
}

/**
 * Returns a function that scans members, for `unpack`. A member that makes the engine fail costs
 * this member only.
 */
export function createMemberScanner(
  options: MemberScannerOptions,
): (member: Member) => Pick<NotScanned, 'reason' | 'detail'> | null {
  const { rulesetId, rules, recent, report } = options;
  const variables = rules.hasVariables ? JSON.stringify(options.externals.variables ?? {}) : '';

  function scanOnce(bytes: Uint8Array, externals: Externals, sha256: string): ScanResult {
    const seen = rules.externals.map((name) => externals[name]);
    // Names can have megabytes.
    const key = sha256Of(JSON.stringify([rulesetId, sha256, variables, ...seen]));
    const known = recent.get(key);
    if (known !== undefined) return known;
    const printed = options.printed();
    const matches = rules.scan(bytes, externals);
    const result = {
      matches,
      matchLimitReached: rules.matchLimitReached(),
      variableProblems: rules.variableProblems(),
    };
    // What rules print is wanted for each file.
    if (options.printed() === printed) recent.put(key, result);
    return result;
  }

  return ({ place, bytes }) => {
    const sha256 = sha256Of(bytes);
    options.onContent(bytes, sha256);
    const externals = externalsOfMember(options.externals, place);
    try {
      const result = scanOnce(bytes, externals, sha256);
      report({ place: boundedPlace(place), sha256, size: bytes.length, ...result });
      return null;
    } catch (error) {
      const reason = isOutOfMemory(error, rules.memoryBytes(), bytes.length, options.maxMemoryBytes)
        ? 'out_of_memory'
        : 'engine_crash';
      if (!rules.revive()) throw error;
      return { reason, detail: String(error) };
    }
  };
}

function sha256Of(content: string | Uint8Array): string {
  return hash('sha256', content);
}
