import type { ReportedScan } from '../../app/pull-requests/reported-scan.ts';
import { formatCount, jsonLine, safeText } from './output.ts';

/** `retro-… completed, 3 new matches; #7 created`. */
export function reportedLine({ report, scan, comments }: ReportedScan): string {
  const contents = report.finds.reduce((sum, each) => sum + each.contents, 0);
  const posted = comments.map(({ pull, outcome }) => `; #${pull} ${outcome}`).join('');
  return safeText(`${scan.id} ${scan.state}, ${formatCount(contents)} new matches${posted}`);
}

/** The report as JSON on one line. */
export function reportedJson({ report, scan, comments }: ReportedScan): string {
  return jsonLine({ scanId: scan.id, state: scan.state, ...report, comments });
}
