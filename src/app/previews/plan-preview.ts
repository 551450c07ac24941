import type { ObjectFilter } from '../../domain/objects/object.ts';
import type { Ruleset } from '../../domain/rulesets/ruleset.ts';
import type { CorpusArea } from '../../domain/scans/preview.ts';
import { type PlanningTarget, planRetro } from '../scans/plan-retro.ts';
import { withinAreas } from './within-areas.ts';

/** The plan of a preview. */
export interface PreviewPlan {
  /** See `PreviewScope`. */
  readonly sample: number;
  /** Number of objects in the listing. */
  readonly corpusObjects: number;
  /** Approximate number of objects in the sample. */
  readonly objects: number;
  readonly bytes: number;
  /** Approximate number of objects in the sample that the index excludes. */
  readonly excludedObjects: number;
  /** See `RetroPlan`; for the sample. */
  readonly expectedMs: number | null;
  readonly expectedCost: number;
}

/**
 * Lists the corpus, and chooses how much of it a preview scans. Nothing is written.
 * @param options.sample the share that is wanted
 * @param options.maxObjects most objects: of a corpus with more of them a smaller share is scanned
 */
export async function planPreview(
  target: PlanningTarget,
  ruleset: Ruleset,
  options: {
    readonly buckets: readonly string[];
    readonly filter: ObjectFilter;
    readonly sample: number;
    readonly maxObjects: number;
    /** The parts of the corpus that previews may read; null: all of it. Default: null. */
    readonly within?: readonly CorpusArea[] | null;
  },
): Promise<PreviewPlan> {
  const { buckets, filter, maxObjects, within = null } = options;
  const readers = new Map([...target.readers].map(([bucket, reader]) => [bucket, withinAreas(reader, within)]));
  const plan = await planRetro({ ...target, readers }, ruleset, { buckets, filter, full: true, excludes: true });
  const sample = plan.objects === 0 ? options.sample : Math.min(options.sample, maxObjects / plan.objects);
  const part = (whole: number) => Math.round(whole * sample);
  return {
    sample,
    corpusObjects: plan.objects,
    objects: part(plan.objects),
    bytes: part(plan.bytes),
    excludedObjects: part(plan.excludedObjects),
    expectedMs: plan.expectedMs === null ? null : part(plan.expectedMs),
    // All of the corpus is listed, whatever the sample.
    expectedCost: target.retroCost({
      listed: plan.objects,
      objects: part(plan.dueObjects),
      bytes: part(plan.dueBytes),
    }),
  };
}
