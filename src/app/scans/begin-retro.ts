import type { ScanLimits } from '../../domain/inside/scan-limits.ts';
import type { ObjectFilter } from '../../domain/objects/object.ts';
import type { CurrentRuleset } from '../../domain/rulesets/ruleset.ts';
import type { Inventory } from '../../ports/inventory.ts';
import type { ObjectReader } from '../../ports/object-store.ts';
import type { PointerStore } from '../../ports/pointer-store.ts';
import type { RecordStore } from '../../ports/record-store.ts';
import type { ScanStore } from '../../ports/scan-store.ts';
import type { SegmentStore } from '../../ports/segment-store.ts';
import { activeRuleset } from '../rulesets/active-ruleset.ts';
import type { RulesetLibrary } from '../rulesets/ruleset-library.ts';
import { planReaders } from './plan-readers.ts';
import { expectedOf, type PlanningTarget, planRetro, type RetroPlan } from './plan-retro.ts';
import { type StartedRetro, startRetro } from './retro-scans.ts';

/** The parts of a target that begin a retro scan. */
export interface RetroTarget extends ScanLimits {
  readonly state: { readonly records: RecordStore; readonly scans: ScanStore; readonly pointers: PointerStore };
  readonly segments?: SegmentStore;
  readonly library: RulesetLibrary;
  readonly readers: ReadonlyMap<string, ObjectReader>;
  readonly buckets: readonly string[];
  openInventories(urls: readonly string[]): Promise<readonly Inventory[]>;
  readonly retroCost: PlanningTarget['retroCost'];
  runBatcher(scanId: string): Promise<void>;
}

export interface BeginRetroOptions {
  readonly filter: ObjectFilter;
  /** Scans everything, also what is covered already. */
  readonly full: boolean;
  /** URLs of manifests. Default: none. */
  readonly inventories?: readonly string[];
  /** Lists the corpus first, to say what there is to scan. */
  readonly plan: boolean;
  /** The active ruleset, if the caller has just read or published it. Default: it is read. */
  readonly current?: CurrentRuleset;
  /** Called for each inventory before the corpus is listed. */
  readonly onInventory?: (inventory: Inventory) => void;
}

/** A retro scan that was begun, and its plan; null if none was wanted. */
export interface BegunRetro extends StartedRetro {
  readonly plan: RetroPlan | null;
}

/**
 * Begins a retro scan of the corpus: plans it, creates it, cancels the scans that it supersedes,
 * and starts the batcher. The plan and the scan are of the same ruleset, since the active one is
 * read once. If the same scan is paused, it stays paused.
 * @throws RearviewError as `activeRuleset`, `Target.openInventories` and `Target.runBatcher`
 */
export async function beginRetro(
  target: RetroTarget,
  { filter, full, inventories = [], plan: isPlanned, onInventory, ...options }: BeginRetroOptions,
): Promise<BegunRetro> {
  const { buckets, library, maxObjectBytes, largeFiles, unpack } = target;
  const { records, scans } = target.state;
  const opened = await target.openInventories(inventories);
  const current = options.current ?? (await activeRuleset(library));
  for (const each of opened) onInventory?.(each);
  const scope = { buckets, filter, full };
  const retroCost: PlanningTarget['retroCost'] = (work) => target.retroCost(work);
  const planning = {
    readers: planReaders(target, opened),
    records,
    scans,
    maxObjectBytes,
    largeFiles,
    unpack,
    retroCost,
    segments: target.segments,
  };
  const plan = isPlanned ? await planRetro(planning, await library.get(current.rulesetId), scope) : null;
  const started = await startRetro(
    { scans, library, now: Date.now },
    { ...scope, current, inventories, expected: plan === null ? null : expectedOf(plan) },
  );
  if (started.scan.state === 'running') await target.runBatcher(started.scan.id);
  return { ...started, plan };
}
