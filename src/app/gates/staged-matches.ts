import type { Scan } from '../../domain/scans/scan.ts';
import type { MatchCounts, StagedExample } from '../../gates/staged-evidence.ts';
import type { MatchStore, StoredMatch } from '../../ports/match-store.ts';
import { pagesOf } from '../../ports/pages.ts';

const pageSize = 500;
/** Matches of one rule that are counted. */
const maxMatches = 20_000;
/** Contents that are examined object by object. */
const maxContentsSeen = 200;
/** Objects of one content that are examined. */
const maxObjectsSeen = 1000;
const maxExamples = 10;
/** How far `lastSeenAt` may lag if a store does not write it with every sighting. */
const lastSeenSlackMs = 60 * 60 * 1000;

export interface StagedMatches {
  readonly retro: MatchCounts;
  readonly live: MatchCounts;
  readonly isWhole: boolean;
  readonly examples: readonly StagedExample[];
}

export interface StagedMatchesOptions {
  /** `namespace:name`. */
  readonly ruleId: string;
  readonly logicHash: string;
  /** ISO 8601 in UTC. */
  readonly since: string;
  /** Scans that found matches, by id; each is requested once. */
  readonly scanOf: (scanId: string) => Promise<Scan | null>;
}

/**
 * Counts the matches of a staged rule. Live are objects that a live scan matched since then, and
 * later objects with a content that was there before, as far as they are known. All others are
 * retro.
 */
export async function countStagedMatches(
  matches: MatchStore,
  { ruleId, logicHash, since, scanOf }: StagedMatchesOptions,
): Promise<StagedMatches> {
  const sums = { retro: { contents: 0, objects: 0 }, live: { contents: 0, objects: 0 } };
  const examples: StagedExample[] = [];
  let [left, looks, isWhole] = [maxMatches, maxContentsSeen, true];
  const list = (from: { readonly after?: string }) =>
    matches.list({ filter: { ruleId }, limit: Math.min(pageSize, left), ...from });
  for await (const page of pagesOf(list)) {
    for (const match of page.matches) {
      if (!match.isStaged || match.logicHash !== logicHash) continue;
      const isLive = match.alert.scan.kind === 'live' && match.firstSeenAt >= since;
      sums[isLive ? 'live' : 'retro'].contents += 1;
      const later = isLive ? match.objects : await laterObjects(match);
      sums.live.objects += later;
      sums.retro.objects += match.objects - later;
      if (examples.length < maxExamples) examples.push(exampleOf(match));
    }
    left -= page.matches.length;
    if (page.next === null || left > 0) continue;
    isWhole = false;
    break;
  }
  return { ...sums, isWhole, examples };

  /**
   * Objects with a content that was known before, seen after it was staged, and after the end of
   * the retro scan that found it, if one did.
   */
  async function laterObjects(match: StoredMatch): Promise<number> {
    if (match.objects < 2) return 0;
    const { scan } = match.alert;
    const ended = scan.kind === 'live' ? since : ((await scanOf(scan.id))?.finishedAt ?? null);
    // While it runs it may find them itself.
    if (ended === null) return 0;
    const from = ended > since ? ended : since;
    if (Date.parse(match.lastSeenAt) + lastSeenSlackMs < Date.parse(from)) return 0;
    looks -= 1;
    if (looks >= 0) {
      const first = await matches.matchedObjects({ sha256: match.sha256, ruleId, limit: maxObjectsSeen });
      const earlier = first.filter(({ seenAt }) => seenAt <= from).length;
      if (earlier < maxObjectsSeen) return Math.max(0, match.objects - earlier);
    }
    if (match.lastSeenAt < from) return 0;
    // At least one.
    isWhole = false;
    return 1;
  }
}

function exampleOf({ sha256, alert, firstSeenAt, lastSeenAt, objects }: StoredMatch): StagedExample {
  return { sha256, filepath: alert.file.filepath, firstSeenAt, lastSeenAt, objects };
}
