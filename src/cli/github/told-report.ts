import type { PostedComment } from '../../adapters/github/comments.ts';
import type { ScanReport } from '../../pull-requests/scan-report.ts';
import { formatCount, jsonLine, safeText } from '../output/output.ts';
import { isUnfinished } from './scan-comment.ts';

/** A report, and where it was said. */
export interface ToldReport {
  readonly report: ScanReport;
  /** The scan that counts. */
  readonly scan: ScanReport['scans'][number];
  readonly comments: readonly {
    readonly pull: number;
    readonly outcome: PostedComment['outcome'];
    readonly url: string;
  }[];
}

/** Whether the scan ended as nobody wanted. */
export function hasFailed({ scan }: ToldReport): boolean {
  return !isUnfinished(scan) && scan.state !== 'completed';
}

/** `retro-… completed, 3 new matches; #7 created`. */
export function toldLine({ report, scan, comments }: ToldReport): string {
  const contents = report.finds.reduce((sum, each) => sum + each.contents, 0);
  const told = comments.map(({ pull, outcome }) => `; #${pull} ${outcome}`).join('');
  return safeText(`${scan.id} ${scan.state}, ${formatCount(contents)} new matches${told}`);
}

/** As JSON on one line. */
export function toldJson({ report, scan, comments }: ToldReport): string {
  return jsonLine({ scanId: scan.id, state: scan.state, ...report, comments });
}
