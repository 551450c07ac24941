import type { MatchCandidate } from '../../../ports/match-store.ts';
import { digestOf } from './digest.ts';
import {
  contentPartition,
  isTakenOver,
  type MatchItem,
  matchItem,
  newMatch,
  parseMatch,
  withLogics,
} from './match-items.ts';
import type { Table, Transaction } from './table.ts';

/**
 * Maximum delay of `lastSeenAt`, so that writers do not contend for the item of a frequent content.
 */
const lastSeenSlackMs = 60 * 60 * 1000;

/** The matches of one content as read, and the pending writes. */
export interface ContentMatches {
  /**
   * Finds the match that the candidate belongs to: that of its rule, or of a rule of equal logic
   * that the ruleset no longer has. The latter is the same rule under an earlier name and is taken
   * over. Otherwise the match is new.
   */
  claim(candidate: MatchCandidate): MatchItem;
  /** The current match of a rule; null if it has none. */
  ofRule(ruleId: string): MatchItem | null;
  /** The current match of a slot. */
  at(slot: string): MatchItem;
  /** Whether the match of a slot existed when it was read. */
  wasThere(slot: string): boolean;
  /** Whether the match is new, starting with this candidate. */
  isBegunBy(slot: string, candidate: MatchCandidate): boolean;
  /** Records another object: this candidate determines whether rule and match are staged. */
  setStaged(slot: string, isStaged: boolean): void;
  /** The changes, on condition that the item is unchanged since it was read. */
  writes(): Transaction['actions'];
}

export async function readContentMatches(table: Table, sha256: string): Promise<ContentMatches> {
  const before = new Map<string, MatchItem>();
  const items = table.query({
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': contentPartition(sha256) },
    ConsistentRead: true,
  });
  for await (const item of items) {
    const match = parseMatch(item);
    before.set(match.slot, match);
  }
  const matches = new Map(before);
  const at = (slot: string): MatchItem => {
    const match = matches.get(slot);
    if (match === undefined) throw new Error(`There is no match ${slot} of ${sha256}.`);
    return match;
  };
  const set = (match: MatchItem) => void matches.set(match.slot, match);
  const living = () => [...matches.values()].filter((match) => !isTakenOver(match));

  function begin(candidate: MatchCandidate): MatchItem {
    // Racing readers find the same slot, and one of them writes it.
    const base = digestOf(candidate.alert.rule.id);
    let slot = base;
    for (let count = 2; matches.has(slot); count += 1) slot = `${base}-${count}`;
    const match = newMatch(candidate, slot);
    set(match);
    return match;
  }

  const ofRule = (ruleId: string) => living().find((match) => match.ruleId === ruleId) ?? null;

  return {
    at,
    ofRule,
    claim(candidate) {
      const { rule, at: seenAt } = candidate.alert;
      let own = ofRule(rule.id);
      for (const former of living()) {
        const isFormer =
          former.ruleId !== rule.id &&
          former.logics.includes(rule.logicHash) &&
          !candidate.sameLogicRules.includes(former.ruleId);
        if (!isFormer) continue;
        if (own === null) own = { ...former, ruleId: rule.id, ruleName: rule.name };
        else {
          // Both names have seen objects; their items stay, linked to one match.
          const heirOf = [...own.heirOf, former.slot, ...former.heirOf];
          own = { ...own, heirOf, logics: withLogics(former.logics, ...own.logics) };
          const { ruleName: _, scanId: __, ...rest } = former;
          set({ ...rest, heirOf: [] });
        }
        set(own);
      }
      own ??= begin(candidate);
      const isLater = Date.parse(seenAt) - Date.parse(own.lastSeenAt) > lastSeenSlackMs;
      set({
        ...own,
        logics: own.logics.at(-1) === rule.logicHash ? own.logics : withLogics(own.logics, rule.logicHash),
        lastSeenAt: isLater ? seenAt : own.lastSeenAt,
      });
      return at(own.slot);
    },
    wasThere: (slot) => before.has(slot),
    isBegunBy: (slot, { alert }) => !before.has(slot) && at(slot).alertId === alert.id,
    setStaged(slot, isStaged) {
      if (at(slot).silent !== isStaged) set({ ...at(slot), silent: isStaged });
    },
    writes: () =>
      [...matches.values()].flatMap((match): Transaction['actions'] => {
        const was = before.get(match.slot);
        if (was === undefined) return [{ put: matchItem(match), condition: 'attribute_not_exists(pk)' }];
        if (JSON.stringify(was) === JSON.stringify(match)) return [];
        return [
          {
            put: matchItem({ ...match, revision: was.revision + 1 }),
            condition: 'revision = :revision',
            values: { ':revision': was.revision },
          },
        ];
      }),
  };
}
