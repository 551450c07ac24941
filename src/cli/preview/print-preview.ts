import type { PreviewPlan } from '../../app/previews/plan-preview.ts';
import { maxPreviewContents } from '../../app/previews/preview-scans.ts';
import { clipPreview } from '../../app/previews/preview-section.ts';
import type { PreviewEvent, PreviewOutcome } from '../../app/previews/run-preview.ts';
import type { PreviewLimits } from '../../domain/scans/preview-limits.ts';
import { clip } from '../../pull-requests/clip.ts';
import { reviewSchema, type SectionOf } from '../../pull-requests/section.ts';
import type { CliContext } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { inventoryLine } from '../flags/inventory-flag.ts';
import { formatBytes, formatCount, jsonLine, plural, printLine, safeText } from '../output/output.ts';
import type { Progress } from '../output/progress.ts';
import { writeSection } from '../output/review-section.ts';
import { previewLines, sampleText } from './preview-lines.ts';

/** Output options of a preview. */
export interface PrintPreviewOptions {
  readonly json: boolean;
  /** Value of `--report`. */
  readonly report?: string | undefined;
}

/** Prints an event of a running preview on stderr. */
export function showPreviewEvent(progress: Progress, limits: PreviewLimits, event: PreviewEvent): void {
  if (event.type === 'looked') progress.scan(event.scan);
  else if (event.type === 'waited') progress.stop();
  else progress.line(eventText(limits, event));
}

function eventText(
  { maxObjects }: PreviewLimits,
  event: Exclude<PreviewEvent, { readonly type: 'looked' | 'waited' }>,
): string {
  switch (event.type) {
    case 'inventory':
      return safeText(inventoryLine(event.inventory));
    case 'sample-limited':
      return `A preview scans at most ${plural(maxObjects, 'object')} on this target (previews.maxObjects): ${sampleText(event.sample, event.filter)} is scanned.`;
    case 'contents-limited':
      return `The rules name ${plural(event.named, 'SHA-256')}: the first ${maxPreviewContents} are also scanned outside the sample.`;
    case 'prepared':
      return preparedText(event);
  }
}

function preparedText({ rules, request, plan }: Extract<PreviewEvent, { type: 'prepared' }>): string {
  const { sample, filter, scanId } = request;
  const forecast =
    plan === null
      ? ''
      : `, about ${formatCount(plan.objects)} of ${plural(plan.corpusObjects, 'object')}${excludedText(plan)}, ${formatBytes(plan.bytes)}, $${plan.expectedCost.toFixed(2)}`;
  return `${plural(rules, 'changed rule')} over ${sampleText(sample, filter)}${forecast}: ${scanId}`;
}

function excludedText({ objects, excludedObjects }: PreviewPlan): string {
  if (excludedObjects === 0) return '';
  return ` (${formatCount(excludedObjects)} excluded by the index, ${formatCount(objects - excludedObjects)} to read)`;
}

/** Prints how a preview ended and returns the exit code. */
export async function printPreview(
  context: CliContext,
  outcome: PreviewOutcome,
  options: PrintPreviewOptions,
): Promise<number> {
  switch (outcome.type) {
    case 'interrupted':
      if (outcome.cancelled !== null) {
        await printLine(context.stderr, `Interrupted: ${outcome.cancelled} is cancelled.`);
      }
      return exitCodes.interrupted;
    case 'refused':
      await leavePreview(context, options, 'unknown', outcome.why);
      return exitCodes.ok;
    case 'reported': {
      const { report, filter } = outcome;
      await printLine(context.stdout, options.json ? jsonLine(report) : previewLines(report, filter).join('\n'));
      await writeSection(context, options.report, clipPreview(report));
      return report.verdict === 'failed' ? exitCodes.problems : exitCodes.ok;
    }
  }
}

/** Prints that there is no preview, and why. */
export async function leavePreview(
  context: CliContext,
  { json, report }: PrintPreviewOptions,
  verdict: SectionOf<'left'>['verdict'],
  why: string,
): Promise<void> {
  const section = { schema: reviewSchema, section: 'left', verdict, of: 'preview', why: clip(why, 1000) } as const;
  await printLine(context.stdout, json ? jsonLine(section) : `No preview: ${safeText(why)}`);
  await writeSection(context, report, section);
}
