import type { ObjectRef } from '../../domain/objects/object.ts';
import type { FailReason, LedgerEntry, SkipReason } from '../../domain/scans/outcome.ts';
import type { PreviewMatches, PreviewString } from '../../domain/scans/preview.ts';
import type { PreviewedRule } from '../../rules/preview-ruleset.ts';
import { compareRefs, createPreviewExamples, type MatchState, type PreviewExample } from './preview-examples.ts';

/** The matches of one rule in a preview. */
export interface PreviewedMatches extends PreviewedRule {
  /** Objects that matched. */
  readonly nowObjects: number;
  readonly beforeObjects: number;
  readonly gained: number;
  readonly lost: number;
  /**
   * Arrival of the first and the last object that matches now, ISO 8601 in UTC; null if there is
   * none.
   */
  readonly firstSeen: string | null;
  readonly lastSeen: string | null;
  /** Gained first, then lost, then kept; each content once. */
  readonly examples: readonly PreviewExample[];
}

/** A hash that the meta of a rule names. */
export interface NamedHash {
  /** `namespace:name`, as in `PreviewedRule.rule`. */
  readonly rule: string;
  /** Lower-case hex. */
  readonly hash: string;
}

/**
 * `missed`: the content was scanned, and the rule did not match it under any of its names.
 * `unchecked`: it was not scanned, or has no SHA-256 or MD5.
 */
export type HashState = 'matched' | 'missed' | 'unchecked';

/** An object that was not scanned. */
export interface UnscannedExample extends ObjectRef {
  readonly size: number;
  /** Null if its bytes were not read to the end. */
  readonly sha256: string | null;
  /** Details beyond the reason; null if there are none. */
  readonly detail: string | null;
}

export interface ReasonCount<Reason extends string> {
  readonly reason: Reason;
  readonly objects: number;
  /** The first of them by bucket, key and version, at most `maxReasonExamples`. */
  readonly examples: readonly UnscannedExample[];
}

/** The content of the ledger of a preview. */
export interface PreviewSummary extends TallySummary {
  /** Objects that the index excluded: no rule of the preview matches them. */
  readonly excluded: number;
}

/** The sums over the entries of a ledger. */
export interface TallySummary {
  readonly scanned: number;
  /** Most frequent first. */
  readonly skipped: readonly ReasonCount<SkipReason>[];
  readonly failed: readonly ReasonCount<FailReason>[];
  /** In the order of the rules given. */
  readonly rules: readonly PreviewedMatches[];
  /** Objects that a rule that is not staged matches now and did not match before, each once. */
  readonly gainedObjects: number;
  /** In the order of the hashes given. */
  readonly hashes: readonly (NamedHash & { readonly state: HashState })[];
}

/**
 * Adds up the ledger of a preview. It grows with the rules, not with the objects, and does not
 * depend on the order of the entries.
 */
export interface PreviewTally {
  /** Each object version once. */
  add(entry: LedgerEntry): void;
  summary(): TallySummary;
}

/** Most examples of one reason. */
const maxReasonExamples = 5;

export function createPreviewTally(rules: readonly PreviewedRule[], named: readonly NamedHash[]): PreviewTally {
  const tallies = rules.map(createRuleTally);
  const bySide = {
    now: new Map(tallies.flatMap((each) => (each.rule.now === null ? [] : [[each.rule.now, each]]))),
    before: new Map(tallies.flatMap((each) => (each.rule.before === null ? [] : [[each.rule.before, each]]))),
  };
  const hashes = named.map((each) => ({ ...each, state: 'unchecked' as HashState }));
  const byHash = Map.groupBy(hashes, ({ hash }) => hash);
  const nowOf = new Map(rules.map(({ rule, now }) => [rule, now]));
  const skipped = createReasonTally<SkipReason>();
  const failed = createReasonTally<FailReason>();
  let scanned = 0;
  let gainedObjects = 0;

  function addMatches(entry: LedgerEntry, { hits, md5, arrivedAt }: PreviewMatches): void {
    const found = new Map(hits.map(({ rule, strings }) => [rule, strings]));
    const touched = new Set([...found.keys()].flatMap((rule) => bySide.now.get(rule) ?? bySide.before.get(rule) ?? []));
    let isGain = false;
    for (const tally of touched) {
      const state = tally.add(entry, arrivedAt, found);
      if (state === 'gained' && !tally.rule.isStaged) isGain = true;
    }
    if (isGain) gainedObjects += 1;
    for (const each of [entry.sha256 ?? '', md5].flatMap((hash) => byHash.get(hash) ?? [])) {
      const now = nowOf.get(each.rule) ?? null;
      if (now !== null && found.has(now)) each.state = 'matched';
      else if (each.state === 'unchecked') each.state = 'missed';
    }
  }

  return {
    add(entry) {
      const { outcome, preview } = entry;
      if (outcome.status === 'skipped') skipped.add(outcome.reason, entry);
      else if (outcome.status === 'failed') failed.add(outcome.reason, entry);
      else if (outcome.status === 'scanned') scanned += 1;
      if (preview !== undefined) addMatches(entry, preview);
    },
    summary: () => ({
      ...{ scanned, gainedObjects, skipped: skipped.counts(), failed: failed.counts() },
      rules: tallies.map((each) => each.matches()),
      hashes: hashes.map((each) => ({ ...each })),
    }),
  };
}

function createRuleTally(rule: PreviewedRule) {
  const counts = { nowObjects: 0, beforeObjects: 0, gained: 0, lost: 0 };
  const seen: { first: string | null; last: string | null } = { first: null, last: null };
  const examples = createPreviewExamples();
  return {
    rule,
    /** @param found the strings of every rule that matched the object; this rule is among them */
    add(entry: LedgerEntry, arrivedAt: string, found: ReadonlyMap<string, readonly PreviewString[]>): MatchState {
      const now = rule.now === null ? undefined : found.get(rule.now);
      const before = rule.before === null ? undefined : found.get(rule.before);
      const state = before === undefined ? 'gained' : now === undefined ? 'lost' : 'kept';
      if (before !== undefined) counts.beforeObjects += 1;
      if (state !== 'kept') counts[state] += 1;
      if (now !== undefined) {
        counts.nowObjects += 1;
        if (seen.first === null || arrivedAt < seen.first) seen.first = arrivedAt;
        if (seen.last === null || arrivedAt > seen.last) seen.last = arrivedAt;
      }
      const { bucket, key, version, sha256 } = entry;
      if (sha256 !== undefined) examples.add({ bucket, key, version, sha256, state, strings: now ?? before ?? [] });
      return state;
    },
    matches: (): PreviewedMatches => ({
      ...{ ...rule, ...counts, firstSeen: seen.first, lastSeen: seen.last, examples: examples.list() },
    }),
  };
}

function createReasonTally<Reason extends string>() {
  const reasons = new Map<Reason, { objects: number; examples: readonly UnscannedExample[] }>();
  return {
    add(reason: Reason, { bucket, key, version, size, sha256, outcome }: LedgerEntry) {
      const { objects, examples } = reasons.get(reason) ?? { objects: 0, examples: [] };
      const detail = outcome.status === 'failed' ? (outcome.detail ?? null) : null;
      const example = { bucket, key, version, size, sha256: sha256 ?? null, detail };
      const firsts = [...examples, example].sort(compareRefs).slice(0, maxReasonExamples);
      reasons.set(reason, { objects: objects + 1, examples: firsts });
    },
    counts: (): readonly ReasonCount<Reason>[] =>
      [...reasons]
        .map(([reason, each]) => ({ reason, ...each }))
        .sort((a, b) => b.objects - a.objects || (a.reason < b.reason ? -1 : 1)),
  };
}
