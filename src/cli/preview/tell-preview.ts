import { type PreviewAims, previewAims, readPreviewFindings } from '../../app/previews/preview-result.ts';
import { refusalOf } from '../../app/previews/preview-scans.ts';
import { slowSuspects } from '../../app/previews/slow-suspects.ts';
import { getScan } from '../../app/scans/retro-scans.ts';
import { RearviewError } from '../../domain/errors.ts';
import type { Scan } from '../../domain/scans/scan.ts';
import { clip } from '../../pull-requests/clip.ts';
import { reviewSchema, type SectionOf } from '../../pull-requests/section.ts';
import type { Target } from '../../targets/target.ts';
import type { CliContext } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { jsonLine, printLine, safeText } from '../output/output.ts';
import { tellSection } from '../output/review-section.ts';
import { isUnfinished, noSuspects } from './judge-preview.ts';
import { previewLines } from './preview-lines.ts';
import { clipPreview, previewReport } from './preview-section.ts';

/** How the result of a preview is wanted. */
export interface TellOptions {
  readonly json: boolean;
  /** As `--report` has it. */
  readonly report?: string | undefined;
}

/** Says what a preview has found by now, and answers the exit code. */
export async function tellPreview(
  context: CliContext,
  target: Target,
  options: TellOptions & {
    readonly scan: Scan;
    readonly aims: PreviewAims;
    readonly forecast: SectionOf<'preview'>['forecast'];
    readonly maxGained: number | null;
  },
): Promise<number> {
  const { scan, aims, forecast, maxGained } = options;
  const findings = await readPreviewFindings(target.state.scans, scan.id, aims);
  const { retroCost } = target;
  // To ask the engine takes a while: only where it is of use.
  const suspects = isUnfinished(findings) ? await slowSuspects(aims.sources) : noSuspects;
  const report = previewReport({ scan, findings, forecast, retroCost, maxGained, suspects, nowMs: Date.now() });
  const lines = () => previewLines(report, scan.filter).join('\n');
  await printLine(context.stdout, options.json ? jsonLine(report) : lines());
  await tellSection(context, options.report, clipPreview(report));
  return report.verdict === 'failed' ? exitCodes.findings : exitCodes.ok;
}

/**
 * Says what a preview that was started before has found by now, and answers the exit code. Its ruleset tells which rules are previewed.
 * @throws RearviewError `ERR_NOT_FOUND`, `ERR_STATE` for a scan of another kind
 */
export async function showPreview(
  context: CliContext,
  target: Target,
  options: TellOptions & { readonly scanId: string; readonly maxGained: number | null },
): Promise<number> {
  const scan = await getScan(target.state.scans, options.scanId);
  if (scan.kind !== 'preview')
    throw new RearviewError('ERR_STATE', `${scan.id} is a ${scan.kind} scan, and no preview.`);
  const refusal = refusalOf(scan);
  if (refusal !== null) return leaveRefused(context, options, refusal);
  const aims = previewAims(await target.library.get(scan.rulesetId));
  return tellPreview(context, target, { ...options, scan, aims, forecast: null });
}

/** Reports that the target refused the preview. What the rules would find is not known, and that is not their fault. */
export async function leaveRefused(context: CliContext, options: TellOptions, why: string): Promise<number> {
  await leavePreview(context, options, 'unknown', why);
  return exitCodes.ok;
}

/** Says that there is no preview, and why. */
export async function leavePreview(
  context: CliContext,
  { json, report }: TellOptions,
  verdict: SectionOf<'left'>['verdict'],
  why: string,
): Promise<void> {
  const section = { schema: reviewSchema, section: 'left', verdict, of: 'preview', why: clip(why, 1000) } as const;
  await printLine(context.stdout, json ? jsonLine(section) : `No preview: ${safeText(why)}`);
  await tellSection(context, report, section);
}
