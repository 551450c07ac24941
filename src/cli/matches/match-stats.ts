import type { StoredMatch } from '../../ports/match-store.ts';

const dayMs = 86_400_000;

/** The matches of one rule, one for each content. */
export interface RuleStats {
  /** `namespace:name`. */
  readonly ruleId: string;
  readonly severity: string;
  /** Number of contents, and of objects that had them. */
  readonly matches: number;
  readonly objects: number;
  /** Matches by the day (UTC) on which they were found, in the order of `lastDays`. */
  readonly byDay: readonly number[];
}

/** The last days in UTC, as YYYY-MM-DD, today last. */
export function lastDays(count: number, nowMs: number): readonly string[] {
  return Array.from({ length: count }, (_, index) =>
    new Date(nowMs - (count - 1 - index) * dayMs).toISOString().slice(0, 10),
  );
}

/** Counts matches by rule and day. Memory grows with the rules, not with the matches. */
export function createMatchStats(days: readonly string[]) {
  const rules = new Map<string, { severity: string; matches: number; objects: number; byDay: number[] }>();
  const indexes = new Map(days.map((day, index) => [day, index]));
  return {
    add({ ruleId, firstSeenAt, objects, alert }: StoredMatch): void {
      const index = indexes.get(firstSeenAt.slice(0, 10));
      if (index === undefined) return;
      // Newest first: the severity is the one of the latest match.
      const of = rules.get(ruleId) ?? {
        severity: alert.rule.severity,
        matches: 0,
        objects: 0,
        byDay: days.map(() => 0),
      };
      rules.set(ruleId, of);
      of.matches += 1;
      of.objects += objects;
      of.byDay[index] = (of.byDay[index] ?? 0) + 1;
    },
    /** The rules with the most matches first. */
    end(): readonly RuleStats[] {
      return [...rules]
        .map(([ruleId, of]) => ({ ruleId, ...of }))
        .sort((a, b) => b.matches - a.matches || (a.ruleId < b.ruleId ? -1 : 1));
    },
  };
}
