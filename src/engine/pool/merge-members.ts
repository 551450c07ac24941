import {
  type MatchedMember,
  type MatchedString,
  type RuleMatch,
  reportedMembersPerRule,
  reportedStringsInMembers,
} from '../../domain/scans/match.ts';
import type { ScannedMember } from './scan-protocol.ts';

/** Matches of a file and of its members, as one list by rule. */
export interface MergedMatches {
  add(member: ScannedMember): void;
  /** Rules that match the file itself first; then the others, in the order they were found. */
  result(): readonly RuleMatch[];
}

interface Merged {
  readonly match: RuleMatch;
  readonly isOnlyInside: boolean;
  readonly members: MatchedMember[];
  membersTotal: number;
  readonly strings: MatchedString[];
  /** Strings of members, those left out included. */
  stringsTotal: number;
}

export function mergeMembers(matches: readonly RuleMatch[]): MergedMatches {
  const merged = new Map<string, Merged>();
  const start = (match: RuleMatch, isOnlyInside: boolean): Merged => {
    const entry = { match, isOnlyInside, members: [], membersTotal: 0, strings: [], stringsTotal: 0 };
    merged.set(keyOf(match), entry);
    return entry;
  };
  for (const match of matches) start(match, false);

  return {
    add({ place, sha256, size, matches: found }) {
      for (const match of found) {
        const entry = merged.get(keyOf(match)) ?? start(match, true);
        entry.membersTotal += 1;
        entry.stringsTotal += match.stringsTotal ?? match.strings.length;
        if (entry.members.length >= reportedMembersPerRule) continue;
        entry.members.push({ place, sha256, size });
        const room = reportedStringsInMembers - entry.strings.length;
        for (const string of match.strings.slice(0, room)) entry.strings.push({ ...string, place });
      }
    },
    result: () => [...merged.values()].map(render),
  };
}

function render(entry: Merged): RuleMatch {
  const { match, isOnlyInside, members, membersTotal, strings, stringsTotal } = entry;
  if (members.length === 0) return match;
  const { stringsTotal: ownTotal, ...rest } = match;
  const own = isOnlyInside ? [] : match.strings;
  const shown = [...own, ...strings];
  const total = stringsTotal + (isOnlyInside ? 0 : (ownTotal ?? own.length));
  return {
    ...rest,
    strings: shown,
    ...(total > shown.length ? { stringsTotal: total } : {}),
    members,
    ...(membersTotal > members.length ? { membersTotal } : {}),
    ...(isOnlyInside ? { onlyInside: true } : {}),
  };
}

function keyOf({ namespace, rule }: RuleMatch): string {
  return `${namespace}\0${rule}`;
}
