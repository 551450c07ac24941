import type { Alert } from '../../domain/alerts/alert.ts';
import { RearviewError } from '../../domain/errors.ts';
import type { ObjectInfo } from '../../domain/objects/object.ts';
import { isStaged } from '../../domain/rulesets/rule.ts';
import { logicOf, type Ruleset } from '../../domain/rulesets/ruleset.ts';
import type { Outcome } from '../../domain/scans/outcome.ts';
import type { Verdict, VerdictStatus } from '../../domain/scans/verdict.ts';
import type { MatchCandidate, MatchStore } from '../../ports/match-store.ts';
import { pagesOf } from '../../ports/pages.ts';
import type { VerdictSink } from '../../ports/verdicts.ts';
import type { Observe } from '../pipeline/events.ts';
import type { RulesetLibrary } from '../rulesets/ruleset-library.ts';
import { type AppliedScan, publishedId } from './alert-candidates.ts';

/**
 * How long the active ruleset is remembered: longer than the analysis of an object, shorter than
 * publishing a ruleset and planning its scan.
 */
const activeLogicMs = 1000;
const pageSize = 100;

/** An object version that a scan is done with, its matches recorded. */
export interface Examined {
  /** The version that was read. */
  readonly object: ObjectInfo;
  readonly outcome: Outcome;
  /** Hash of the content if it is known, also from an earlier scan of this version. */
  readonly sha256: string | null;
  /** Null where nothing was scanned. */
  readonly file: Alert['file'] | null;
  readonly candidates: readonly MatchCandidate[];
  /** The rules that were applied. */
  readonly ruleset: Ruleset;
  readonly scan: AppliedScan;
}

/** Decides verdicts and applies them. */
export interface Verdicts {
  /**
   * @throws RearviewError what was not done, unless this is the last attempt: then it is reported
   *   as a problem
   */
  give(examined: Examined, options: { readonly lastAttempt: boolean }): Promise<void>;
}

export interface VerdictsOptions {
  readonly sink: VerdictSink;
  readonly matches: MatchStore;
  readonly library: RulesetLibrary;
  readonly observe: Observe;
  readonly now: () => number;
}

/**
 * A scan that applied no more than some rules cannot call a file clean in which another had matched
 * before: what the match store has of the content counts as long as a rule of that same logic is
 * active, and this scan did not apply it.
 */
export function createVerdicts({ sink, matches, library, observe, now }: VerdictsOptions): Verdicts {
  let remembered:
    | { readonly atMs: number; readonly rulesetId: string; readonly logic: ReadonlySet<string> }
    | undefined;

  /**
   * Logic hashes of the active rules that are not staged. They are read again for a scan of another
   * ruleset, which was published since.
   */
  async function activeLogic(rulesetId: string): Promise<ReadonlySet<string>> {
    const isRecent = remembered !== undefined && now() - remembered.atMs < activeLogicMs;
    if (isRecent && remembered?.rulesetId === rulesetId) return remembered.logic;
    const atMs = now();
    const current = await library.current();
    const rules = current === null ? [] : (await library.get(current.rulesetId)).rules;
    remembered = { atMs, rulesetId, logic: new Set(logicOf({ rules: rules.filter((rule) => !isStaged(rule)) })) };
    return remembered.logic;
  }

  async function matchedBefore({ sha256, outcome, ruleset, scan }: Examined): Promise<boolean> {
    if (sha256 === null) return false;
    const applied = new Set(outcome.status === 'scanned' ? logicOf(ruleset) : []);
    const others = new Set([...(await activeLogic(scan.rulesetId))].filter((hash) => !applied.has(hash)));
    if (others.size === 0) return false;
    const known = pagesOf((from) => matches.list({ filter: { sha256 }, limit: pageSize, ...from }));
    for await (const page of known) if (page.matches.some(({ logicHash }) => others.has(logicHash))) return true;
    return false;
  }

  async function decide(examined: Examined): Promise<Verdict> {
    const { object, outcome, file, candidates, scan } = examined;
    const alerting = candidates.filter(({ isStaged }) => !isStaged);
    const isMatched = alerting.length > 0 || (await matchedBefore(examined));
    return {
      ...{ object, file, scan, status: isMatched ? 'matched' : statusOf(outcome) },
      matches: alerting.map(({ alert: { id, rule } }) => ({ alertId: id, ruleId: rule.id, severity: rule.severity })),
      // A scan of what was missing leaves the object covered with the whole.
      ruleset: { id: publishedId(examined) },
      at: new Date(now()).toISOString(),
    };
  }

  async function apply(examined: Examined): Promise<void> {
    const verdict = await decide(examined);
    await sink.apply(verdict);
    if (verdict.status === 'matched') return;
    // Another scan may have matched meanwhile, and applied its verdict before this one applies
    // "clean".
    const again = await decide(examined);
    if (again.status === 'matched') await sink.apply(again);
  }

  return {
    async give(examined, { lastAttempt }) {
      const { object, outcome } = examined;
      if (outcome.status === 'skipped' && outcome.reason === 'gone') return;
      await apply(examined).catch((error: unknown) => {
        if (!lastAttempt || !(error instanceof RearviewError)) throw error;
        const message = `The verdict on ${object.bucket}/${object.key} (version ${object.version}) was not applied: ${error.message}`;
        observe({ type: 'problem', where: 'verdicts', message });
      });
    },
  };
}

function statusOf(outcome: Outcome): VerdictStatus {
  return outcome.status === 'skipped' || outcome.status === 'failed' ? outcome.status : 'clean';
}
