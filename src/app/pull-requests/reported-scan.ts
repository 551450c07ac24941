import type { PostedComment } from '../../ports/code-host.ts';
import type { ScanReport } from '../../pull-requests/scan-report.ts';
import { isUnfinished } from './scan-comment.ts';

/** The report on the scan of a merge, and the comments that have it. */
export interface ReportedScan {
  readonly report: ScanReport;
  /** The last of the scans: the one that counts. */
  readonly scan: ScanReport['scans'][number];
  readonly comments: readonly (Pick<PostedComment, 'outcome' | 'url'> & { readonly pull: number })[];
}

/** Whether the scan has failed or was cancelled. */
export function hasFailed({ scan }: Pick<ReportedScan, 'scan'>): boolean {
  return !isUnfinished(scan) && scan.state !== 'completed';
}
