import { planPreview } from '../../app/previews/plan-preview.ts';
import { previewAims } from '../../app/previews/preview-result.ts';
import {
  awaitedPreview,
  maxPreviewContents,
  newPreviewId,
  type PreviewRequest,
  refusalOf,
} from '../../app/previews/preview-scans.ts';
import { hasCode } from '../../domain/errors.ts';
import type { Ruleset } from '../../domain/rulesets/ruleset.ts';
import type { PreviewLimits } from '../../domain/scans/preview-limits.ts';
import type { ReviewConfig } from '../../gates/review-config.ts';
import type { Target } from '../../targets/target.ts';
import type { CliContext } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { inventoryLine, planReaders } from '../flags/inventory-flag.ts';
import { formatBytes, plural, safeText } from '../output/output.ts';
import type { Progress } from '../output/progress.ts';
import { sampleText } from './preview-lines.ts';
import { leaveRefused, type TellOptions, tellPreview } from './tell-preview.ts';
import { waitForPreview } from './wait-for-preview.ts';

export interface RunPreviewOptions extends TellOptions {
  /** As `previewRuleset` makes it. */
  readonly ruleset: Ruleset;
  readonly config: ReviewConfig['preview'];
  readonly sample?: number | undefined;
  readonly prefix?: string | undefined;
  readonly inventory: readonly string[];
  readonly plan: boolean;
  /** Milliseconds. */
  readonly wait: number;
}

/** Starts a preview, waits for it, and tells what it found. Answers the exit code. */
export async function runPreview(
  context: CliContext,
  target: Target,
  progress: Progress,
  options: RunPreviewOptions,
): Promise<number> {
  const { ruleset, config } = options;
  const aims = previewAims(ruleset);
  const { request, ...forecast } = await prepare(target, progress, options);
  const { scanId, sample, filter } = request;
  progress.line(
    `${plural(aims.rules.length, 'changed rule')} over ${sampleText(sample, filter)}${forecast.text}: ${scanId}`,
  );
  if (context.signal.aborted) return exitCodes.interrupted;
  const askedAt = new Date().toISOString();
  try {
    await target.startPreview(request);
  } catch (error) {
    // Too many rules at once: that is no fault of theirs, and what they would find is not known.
    if (!hasCode(error, 'ERR_CONFIG')) throw error;
    return leaveRefused(context, options, error.message);
  }
  const scan = await waitForPreview(context, target, progress, { scanId, waitMs: options.wait });
  progress.stop();
  if (context.signal.aborted) {
    await target.cancelPreview(scanId);
    progress.line(`Interrupted: ${scanId} is cancelled.`);
    return exitCodes.interrupted;
  }
  const refusal = scan === null ? null : refusalOf(scan);
  if (refusal !== null) return leaveRefused(context, options, refusal);
  return tellPreview(context, target, {
    ...{ ...options, aims, forecast: forecast.told, maxGained: config.maxGained },
    scan: scan ?? awaitedPreview(scanId, sample, askedAt),
  });
}

/** Objects to plan for: which ones are in a sample is decided one by one, and comes to a few more than its share, or fewer. */
function plannedOf({ maxObjects }: PreviewLimits): number {
  return Math.max(1, Math.floor(maxObjects * 0.95));
}

async function prepare(target: Target, progress: Progress, options: RunPreviewOptions) {
  const { ruleset, config, sample: wanted, inventory } = options;
  const { previews: limits } = target;
  const prefix = options.prefix ?? config.prefix ?? undefined;
  const filter = prefix === undefined ? {} : { prefix };
  const inventories = await target.openInventories(inventory);
  for (const each of inventories) progress.line(safeText(inventoryLine(each)));
  const { records, scans } = target.state;
  const planning = { ...target, readers: planReaders(target, inventories), records, scans };
  const plan = options.plan
    ? await planPreview(planning, ruleset, {
        ...{ buckets: target.buckets, filter, sample: wanted ?? config.sample },
        // Who names a sample means it, and the limit of the target holds all the same.
        maxObjects: Math.min(wanted === undefined ? config.maxObjects : Infinity, plannedOf(limits)),
        within: limits.within,
      })
    : null;
  if (plan !== null && wanted !== undefined && plan.sample < wanted) {
    progress.line(
      `A preview takes ${plural(limits.maxObjects, 'object')} at most here (previews.maxObjects): ${sampleText(plan.sample, filter)} is scanned.`,
    );
  }
  const named = previewAims(ruleset).hashes.filter(({ algorithm }) => algorithm === 'sha256');
  const sha256 = [...new Set(named.map(({ hash }) => hash))];
  if (sha256.length > maxPreviewContents) {
    progress.line(
      `The rules name ${plural(sha256.length, 'SHA-256')}: the first ${maxPreviewContents} are looked for outside the sample as well.`,
    );
  }
  const request: PreviewRequest = {
    ...{ scanId: newPreviewId(Date.now()), ruleset, filter, inventories: inventory },
    sample: plan?.sample ?? wanted ?? config.sample,
    sha256: sha256.slice(0, maxPreviewContents),
    expected: plan === null ? null : { objects: plan.objects, bytes: plan.bytes },
  };
  if (plan === null) return { request, told: null, text: '' };
  const { objects, bytes, expectedMs: ms, expectedCost: dollars, corpusObjects } = plan;
  return {
    ...{ request, told: { objects, bytes, ms, dollars } },
    text: `, about ${plural(objects, 'object')} of ${plural(corpusObjects, 'object')}, ${formatBytes(bytes)}, $${dollars.toFixed(2)}`,
  };
}
