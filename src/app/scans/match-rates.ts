import { hasCode } from '../../domain/errors.ts';
import { type RuleEntry, ruleId } from '../../domain/rulesets/rule.ts';
import { isInSample } from '../../domain/scans/in-sample.ts';
import type { LedgerEntry } from '../../domain/scans/outcome.ts';
import type { Scan } from '../../domain/scans/scan.ts';
import type { MatchRate } from '../../gates/staged-evidence.ts';
import { pagesOf } from '../../ports/pages.ts';
import type { ScanStore } from '../../ports/scan-store.ts';
import { previewNamespaces } from '../previews/preview-scans.ts';
import type { RulesetLibrary } from '../rulesets/ruleset-library.ts';

/** Maximum number of scans of each kind to search for one with a rule, newest first. */
const maxScans = 50;
/** Entries of a ledger that are counted: as many as a preview scans by default. */
const maxEntries = 100_000;
const pageSize = 500;
const [nowNamespace] = previewNamespaces;

/** Match rates to expect of rules, from previews and retro scans. */
export interface MatchRates {
  /**
   * The rate in the newest completed preview with this logic, which represents the corpus. Contents
   * that it scanned only because a rule names their hashes do not count. Null where there is none
   * that scanned anything.
   */
  ofPreview(logicHash: string): Promise<MatchRate | null>;
  /**
   * In place of a preview: of the completed retro scans of a ruleset with this logic the one that
   * scanned most, with the matches of all of them, as each object matches once whichever scan
   * matched it. Null where there is none that scanned anything.
   */
  ofRetro(logicHash: string, matched: number): Promise<MatchRate | null>;
}

/** Each ledger and each ruleset is read once, however many rules are requested. */
export function createMatchRates({
  scans,
  library,
}: {
  readonly scans: ScanStore;
  readonly library: RulesetLibrary;
}): MatchRates {
  const completed = remember((kind: 'preview' | 'retro') =>
    scans.list({ kind, states: ['completed'], limit: maxScans }),
  );
  // Without the images: there may be many.
  const rulesOf = remember((id: string) => readRules(library, id));
  const counted = remember(async (scanId: string) => {
    const scan = (await completed('preview')).find(({ id }) => id === scanId);
    return scan === undefined ? { objects: 0, matched: new Map<string, number>() } : countMatches(scans, scan);
  });
  return {
    async ofPreview(logicHash) {
      for (const { id, rulesetId } of await completed('preview')) {
        const rule = previewedAs(await rulesOf(rulesetId), logicHash);
        if (rule === undefined) continue;
        const { objects, matched } = await counted(id);
        if (objects > 0) return { from: 'preview', scanId: id, hits: matched.get(rule) ?? 0, objects };
      }
      return null;
    },
    async ofRetro(logicHash, matched) {
      let most: Scan | null = null;
      for (const scan of await completed('retro')) {
        if (searched(scan) <= (most === null ? 0 : searched(most))) continue;
        if ((await rulesOf(scan.rulesetId)).some((rule) => rule.logicHash === logicHash)) most = scan;
      }
      return most === null ? null : { from: 'retro', scanId: most.id, hits: matched, objects: searched(most) };
    },
  };
}

/** Objects whose matches a scan knows: those that the index excluded have none. */
function searched({ counts }: Scan): number {
  return counts.scanned + counts.excluded;
}

async function readRules(library: RulesetLibrary, rulesetId: string): Promise<readonly RuleEntry[]> {
  try {
    return (await library.get(rulesetId)).rules;
  } catch (error) {
    // An old one that was deleted.
    if (hasCode(error, 'ERR_NOT_FOUND')) return [];
    throw error;
  }
}

/** The id that a rule of this logic has in a preview, as it is after the change. */
function previewedAs(rules: readonly RuleEntry[], logicHash: string): string | undefined {
  const rule = rules.find((each) => each.logicHash === logicHash && each.namespace.startsWith(nowNamespace));
  return rule === undefined ? undefined : ruleId(rule);
}

async function countMatches(scans: ScanStore, scan: Scan) {
  const matched = new Map<string, number>();
  let [objects, left] = [0, maxEntries];
  const scanned = { statuses: ['scanned'], limit: pageSize } as const;
  for await (const { entries } of pagesOf((from) => scans.ledger(scan.id, { ...scanned, ...from }))) {
    for (const entry of entries) {
      if (entry.preview === undefined || !isOfSample(scan, entry)) continue;
      objects += 1;
      for (const { rule } of entry.preview.hits) matched.set(rule, (matched.get(rule) ?? 0) + 1);
    }
    left -= entries.length;
    if (left <= 0) break;
  }
  // No rule matches what the index excluded: as many of these count as of the others.
  const share = scan.counts.scanned === 0 ? 1 : Math.min(1, objects / scan.counts.scanned);
  return { objects: objects + Math.round(scan.counts.excluded * share), matched };
}

function isOfSample({ preview }: Scan, entry: LedgerEntry): boolean {
  return preview === null || preview.sample >= 1 || isInSample(entry, preview.sample);
}

function remember<K, V>(make: (key: K) => Promise<V>): (key: K) => Promise<V> {
  const made = new Map<K, Promise<V>>();
  return (key) => {
    const value = made.get(key) ?? make(key);
    made.set(key, value);
    return value;
  };
}
