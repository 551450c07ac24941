import type { TestedForm } from '../../app/live-test/live-test.ts';
import type { Leftover } from '../../ports/alert-watch.ts';
import type { CliContext } from '../context.ts';
import { formatDuration, jsonLine, plural, printLine, safeText, table } from '../output/output.ts';

export interface LiveTestResult {
  readonly runId: string;
  readonly bucket: string;
  /** Everything arrived, and nothing is left. */
  readonly ok: boolean;
  /** With what each lacks and where to look; null where it lacks nothing. */
  readonly forms: readonly (TestedForm & { readonly detail: string | null })[];
  readonly leftovers: readonly Leftover[];
}

/** The result on stdout; `json` is its stable form. */
export async function printLiveTest(
  { stdout }: Pick<CliContext, 'stdout'>,
  { runId, bucket, ok, forms, leftovers }: LiveTestResult,
  { json }: { readonly json: boolean },
): Promise<void> {
  if (json) {
    const each = forms.map(({ upload, uploadedMs, recordedMs, alertedMs, detail }) => ({
      ...{ form: upload.form, key: upload.key, rule: upload.ruleId },
      ...{ uploadedMs: whole(uploadedMs), recordedMs: whole(recordedMs), alertedMs: whole(alertedMs), detail },
    }));
    return printLine(stdout, jsonLine({ runId, bucket, ok, forms: each, leftovers }));
  }
  const rows = forms.map(({ upload, uploadedMs, recordedMs, alertedMs }) => [
    ...[upload.form, upload.ruleId, seconds(uploadedMs), seconds(recordedMs), seconds(alertedMs)],
  ]);
  await printLine(stdout, table(['FORM', 'RULE', 'UPLOADED', 'RECORDED', 'ALERTED'], rows));
  for (const { upload, detail } of forms) {
    if (detail !== null) await printLine(stdout, `${safeText(upload.form)}: ${safeText(detail)}`);
  }
  if (ok) await printLine(stdout, `All ${plural(forms.length, 'form')} matched, and their alerts arrived.`);
}

function seconds(ms: number | null): string {
  return ms === null ? '-' : formatDuration(ms);
}

function whole(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms);
}
