import type { ScanLimits } from '../../domain/inside/scan-limits.ts';
import type { ObjectFilter } from '../../domain/objects/object.ts';
import type { Ruleset } from '../../domain/rulesets/ruleset.ts';
import type { PreviewLimits } from '../../domain/scans/preview-limits.ts';
import type { ReviewConfig } from '../../gates/review-config.ts';
import type { Inventory } from '../../ports/inventory.ts';
import type { ObjectReader } from '../../ports/object-store.ts';
import type { PointerStore } from '../../ports/pointer-store.ts';
import type { RecordStore } from '../../ports/record-store.ts';
import type { ScanStore } from '../../ports/scan-store.ts';
import type { SegmentStore } from '../../ports/segment-store.ts';
import type { SectionOf } from '../../pull-requests/section.ts';
import { planReaders } from '../scans/plan-readers.ts';
import type { PlanningTarget } from '../scans/plan-retro.ts';
import { type PreviewPlan, planPreview } from './plan-preview.ts';
import { previewAims } from './preview-result.ts';
import { maxPreviewContents, newPreviewId, type PreviewRequest } from './preview-scans.ts';

/** The parts of a target that a preview is planned with. */
export interface PreviewPlanningTarget extends ScanLimits {
  readonly state: { readonly records: RecordStore; readonly scans: ScanStore; readonly pointers: PointerStore };
  readonly segments?: SegmentStore;
  readonly readers: ReadonlyMap<string, ObjectReader>;
  readonly buckets: readonly string[];
  readonly previews: PreviewLimits;
  openInventories(urls: readonly string[]): Promise<readonly Inventory[]>;
  readonly retroCost: PlanningTarget['retroCost'];
}

export interface PreparePreviewOptions {
  /** A ruleset from `previewRuleset`. */
  readonly ruleset: Ruleset;
  readonly config: ReviewConfig['preview'];
  /** Share of the objects. Default: that of the configuration, and less for a large corpus. */
  readonly sample?: number | undefined;
  /** Default: that of the configuration. */
  readonly prefix?: string | undefined;
  /** URLs of manifests. */
  readonly inventory: readonly string[];
  /** Whether the corpus is listed first, for a forecast. */
  readonly plan: boolean;
}

/** Facts about a preview that the caller should report before it starts. */
export type PrepareEvent =
  | { readonly type: 'inventory'; readonly inventory: Inventory }
  /** The target scans fewer objects than were requested. */
  | { readonly type: 'sample-limited'; readonly sample: number; readonly filter: ObjectFilter }
  /** The rules name more contents than a preview scans whatever the sample. */
  | { readonly type: 'contents-limited'; readonly named: number };

export interface PreparedPreview {
  readonly request: PreviewRequest;
  /** Null without a plan. */
  readonly plan: PreviewPlan | null;
}

/**
 * Makes the request for a preview: plans its sample within the limits of the target. Nothing is
 * written.
 */
export async function preparePreview(
  target: PreviewPlanningTarget,
  options: PreparePreviewOptions,
  observe: (event: PrepareEvent) => void,
): Promise<PreparedPreview> {
  const { ruleset, config, sample: wanted, inventory } = options;
  const { previews: limits } = target;
  const prefix = options.prefix ?? config.prefix ?? undefined;
  const filter = prefix === undefined ? {} : { prefix };
  const inventories = await target.openInventories(inventory);
  for (const each of inventories) observe({ type: 'inventory', inventory: each });
  const { records, scans } = target.state;
  const { maxObjectBytes, largeFiles, unpack } = target;
  const retroCost: PlanningTarget['retroCost'] = (work) => target.retroCost(work);
  const readers = planReaders(target, inventories);
  const { segments } = target;
  const planning = { readers, records, scans, segments, maxObjectBytes, largeFiles, unpack, retroCost };
  const plan = options.plan
    ? await planPreview(planning, ruleset, {
        ...{ buckets: target.buckets, filter, sample: wanted ?? config.sample },
        // A caller who names a sample means it. The limit of the target still holds.
        maxObjects: Math.min(wanted === undefined ? config.maxObjects : Infinity, plannedOf(limits)),
        within: limits.within,
      })
    : null;
  if (plan !== null && wanted !== undefined && plan.sample < wanted) {
    observe({ type: 'sample-limited', sample: plan.sample, filter });
  }
  const sha256 = [...new Set(sha256Of(ruleset))];
  if (sha256.length > maxPreviewContents) observe({ type: 'contents-limited', named: sha256.length });
  const request: PreviewRequest = {
    ...{ scanId: newPreviewId(Date.now()), ruleset, filter, inventories: inventory },
    sample: plan?.sample ?? wanted ?? config.sample,
    sha256: sha256.slice(0, maxPreviewContents),
    expected: plan === null ? null : { objects: plan.objects, bytes: plan.bytes },
  };
  return { request, plan };
}

/** The forecast of a plan, as the section of a pull request has it. */
export function forecastOf(plan: PreviewPlan | null): SectionOf<'preview'>['forecast'] {
  if (plan === null) return null;
  const { objects, bytes, expectedMs: ms, expectedCost: dollars } = plan;
  return { objects, bytes, ms, dollars };
}

/**
 * Objects to plan for: a sample is drawn object by object and comes to a few more or fewer than its
 * share.
 */
function plannedOf({ maxObjects }: PreviewLimits): number {
  return Math.max(1, Math.floor(maxObjects * 0.95));
}

function sha256Of(ruleset: Ruleset): readonly string[] {
  return previewAims(ruleset).hashes.flatMap(({ algorithm, hash }) => (algorithm === 'sha256' ? [hash] : []));
}
