import { appendFile } from 'node:fs/promises';
import path from 'node:path';
import { pagesOf } from '../../ports/pages.ts';
import { renderScanReport } from '../../pull-requests/markdown/render-scan-report.ts';
import type { ScanReport } from '../../pull-requests/scan-report.ts';
import type { Target } from '../../targets/target.ts';
import type { CliContext, GlobalOptions } from '../context.ts';
import { jsonLine } from '../output/output.ts';
import { openOut } from '../output/write-out.ts';
import { githubSettings } from './github-settings.ts';

const pageSize = 1000;

/**
 * The report as Markdown, with commands for more details.
 * @param options.unscanned file that `writeUnscanned` writes; if given, the report links to the run
 */
export function renderFor(
  { env }: Pick<CliContext, 'env'>,
  { target }: Pick<GlobalOptions, 'target'>,
  report: ScanReport,
  { unscanned }: { readonly unscanned: string | undefined },
): string {
  return renderScanReport(report, {
    rearview: target === 'aws' ? 'rearview --target aws' : 'rearview',
    runUrl: unscanned === undefined ? null : runUrl({ env }),
  });
}

function runUrl(context: Pick<CliContext, 'env'>): string | null {
  const id = context.env['GITHUB_RUN_ID'];
  if (id === undefined || id === '') return null;
  const { GITHUB_SERVER_URL, GITHUB_REPOSITORY, GITHUB_RUN_ID } = githubSettings(
    context,
    'GITHUB_SERVER_URL',
    'GITHUB_REPOSITORY',
    'GITHUB_RUN_ID',
  );
  return `${GITHUB_SERVER_URL.replace(/\/$/, '')}/${GITHUB_REPOSITORY}/actions/runs/${GITHUB_RUN_ID}`;
}

/** Appends to the summary of the job, if it has one. */
export async function appendSummary({ env }: Pick<CliContext, 'env'>, markdown: string): Promise<void> {
  const summary = env['GITHUB_STEP_SUMMARY'];
  if (summary !== undefined && summary !== '') await appendFile(summary, `${markdown}\n`);
}

/**
 * Writes what scans skipped and failed at to a file, an entry of the ledger a line.
 * @throws RearviewError `ERR_CONFIG` where it cannot be written
 */
export async function writeUnscanned(
  context: Pick<CliContext, 'cwd' | 'signal'>,
  { state }: Target,
  scanIds: readonly string[],
  file: string,
): Promise<void> {
  const out = await openOut(context, '--unscanned', path.resolve(context.cwd, file));
  try {
    for (const scanId of new Set(scanIds)) {
      const options = { statuses: ['skipped', 'failed'], limit: pageSize } as const;
      for await (const { entries } of pagesOf((from) => state.scans.ledger(scanId, { ...options, ...from }))) {
        await out.write(entries.map((entry) => `${jsonLine({ scanId, ...entry })}\n`).join(''));
      }
    }
  } finally {
    await out.close();
  }
}
