import { hasCode, RearviewError } from '../../domain/errors.ts';
import type { ObjectFilter } from '../../domain/objects/object.ts';
import type { Scan } from '../../domain/scans/scan.ts';
import type { GainLimit } from '../../gates/gain-limit.ts';
import type { SectionOf } from '../../pull-requests/section.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import { startPipelineUnlessRunning } from '../pipeline/start-pipeline.ts';
import type { RulesetLibrary } from '../rulesets/ruleset-library.ts';
import { getScan } from '../scans/retro-scans.ts';
import { hasEnded, pollMsOf, waitForScan } from '../scans/wait-for-scan.ts';
import { isUnfinished, noSuspects } from './conclude-preview.ts';
import {
  forecastOf,
  type PreparedPreview,
  type PrepareEvent,
  type PreparePreviewOptions,
  type PreviewPlanningTarget,
  preparePreview,
} from './prepare-preview.ts';
import { type PreviewAims, previewAims, readPreviewSummary } from './preview-result.ts';
import { awaitedPreview, type PreviewRequest, refusalOf } from './preview-scans.ts';
import { previewReport } from './preview-section.ts';
import { slowSuspects } from './slow-suspects.ts';

/** The parts of a target that run a preview. */
export interface PreviewTarget extends PreviewPlanningTarget {
  readonly library: Pick<RulesetLibrary, 'get'>;
  startPreview(request: PreviewRequest): Promise<void>;
  cancelPreview(scanId: string): Promise<void>;
  startPipeline?(): Pipeline | Promise<Pipeline>;
}

export interface RunPreviewOptions extends PreparePreviewOptions {
  /** Maximum wait for the end, in milliseconds. The preview continues after it. */
  readonly waitMs: number;
  readonly signal: AbortSignal;
  readonly observe: (event: PreviewEvent) => void;
}

/** Events of a running preview. */
export type PreviewEvent =
  | PrepareEvent
  | ({ readonly type: 'prepared'; readonly rules: number } & PreparedPreview)
  | { readonly type: 'looked'; readonly scan: Scan }
  /** The wait is over. */
  | { readonly type: 'waited' };

/** How a preview ended. */
export type PreviewOutcome =
  | { readonly type: 'reported'; readonly report: SectionOf<'preview'>; readonly filter: ObjectFilter }
  /** The target refused it. It is not known what the rules would match. */
  | { readonly type: 'refused'; readonly why: string }
  /** The signal was aborted; a preview that had started is cancelled. */
  | { readonly type: 'interrupted'; readonly cancelled: string | null };

/**
 * Starts a preview, waits for it, and reports what it found. If no other process runs the pipeline,
 * this one does during the wait.
 * @throws RearviewError as `Target.startPreview`, except for `ERR_CONFIG`, which is a refusal
 */
export async function runPreview(target: PreviewTarget, options: RunPreviewOptions): Promise<PreviewOutcome> {
  const { ruleset, config, waitMs, signal, observe } = options;
  const aims = previewAims(ruleset);
  const prepared = await preparePreview(target, options, observe);
  const { scanId, sample } = prepared.request;
  observe({ type: 'prepared', rules: aims.rules.length, ...prepared });
  if (signal.aborted) return { type: 'interrupted', cancelled: null };
  const askedAt = new Date().toISOString();
  try {
    await target.startPreview(prepared.request);
  } catch (error) {
    // Too many rules at once: that is not their fault, and what they would match is not known.
    if (!hasCode(error, 'ERR_CONFIG')) throw error;
    return { type: 'refused', why: error.message };
  }
  const scan = await waitForPreview(target, scanId, { waitMs, signal, observe });
  observe({ type: 'waited' });
  if (signal.aborted) {
    await target.cancelPreview(scanId);
    return { type: 'interrupted', cancelled: scanId };
  }
  return outcomeOf(target, scan ?? awaitedPreview(scanId, sample, askedAt), {
    ...{ aims: async () => aims, forecast: forecastOf(prepared.plan), maxGained: config.maxGained },
  });
}

/**
 * Reports what a preview has found so far. Its ruleset says which rules are previewed.
 * @throws RearviewError `ERR_NOT_FOUND`, `ERR_STATE` for a scan of another kind
 */
export async function showPreview(
  target: PreviewTarget,
  scanId: string,
  { maxGained }: { readonly maxGained: GainLimit | null },
): Promise<PreviewOutcome> {
  const scan = await getScan(target.state.scans, scanId);
  if (scan.kind !== 'preview')
    throw new RearviewError('ERR_STATE', `${scan.id} is a ${scan.kind} scan, not a preview.`);
  const aims = async () => previewAims(await target.library.get(scan.rulesetId));
  return outcomeOf(target, scan, { aims, forecast: null, maxGained });
}

/** The scan when it has ended or the wait is over; null if functions have not begun with it. */
async function waitForPreview(
  target: PreviewTarget,
  scanId: string,
  { waitMs, signal, observe }: Pick<RunPreviewOptions, 'waitMs' | 'signal' | 'observe'>,
): Promise<Scan | null> {
  const pipeline = await startPipelineUnlessRunning(target);
  try {
    return await waitForScan(
      () => target.state.scans.get(scanId),
      (scan) => scan !== null && hasEnded(scan),
      {
        ...{ waitMs, signal, pollMs: pollMsOf(target) },
        onLook: (scan) => scan !== null && observe({ type: 'looked', scan }),
      },
    );
  } finally {
    await pipeline?.stop();
  }
}

async function outcomeOf(
  target: PreviewTarget,
  scan: Scan,
  options: {
    readonly aims: () => Promise<PreviewAims>;
    readonly forecast: SectionOf<'preview'>['forecast'];
    readonly maxGained: GainLimit | null;
  },
): Promise<PreviewOutcome> {
  const why = refusalOf(scan);
  if (why !== null) return { type: 'refused', why };
  const { forecast, maxGained } = options;
  const aims = await options.aims();
  const summary = await readPreviewSummary(target.state.scans, scan.id, aims);
  // Compiling the rules takes a while: only if it is needed.
  const suspects = isUnfinished(summary) ? await slowSuspects(aims.sources) : noSuspects;
  const { retroCost } = target;
  const report = previewReport({ scan, summary, forecast, retroCost, maxGained, suspects, nowMs: Date.now() });
  return { type: 'reported', report, filter: scan.filter };
}
