import { RearviewError } from '../../domain/errors.ts';
import type { PublishedRuleset } from '../../domain/rulesets/ruleset.ts';
import type { Scan } from '../../domain/scans/scan.ts';
import type { ScanStore } from '../../ports/scan-store.ts';
import { history } from '../rulesets/current-ruleset.ts';
import type { PublishedCommit } from '../rulesets/publish-ruleset.ts';
import type { RulesetLibrary } from '../rulesets/ruleset-library.ts';
import { takenOverBy } from './retro-scans.ts';

/** Maximum number of scans to search for the scan of a ruleset. */
const maxScans = 1000;

export interface MergeScan {
  /** The ruleset that holds what the commit brought. */
  readonly published: PublishedRuleset;
  /** The scan that brings it to the corpus. */
  readonly scan: Scan;
}

/**
 * Finds the scan of the changes of a commit, among the scans of the whole corpus with the ruleset
 * that was published for it. This is the first of them, because it reported the new matches. If it
 * failed or was cancelled by hand, it is one that was started again. If the commit changed no rule,
 * it is the newest. If a later merge was published first, there may be no such ruleset or no such
 * scan: then it is the scan of the first later ruleset that has one.
 * @throws RearviewError `ERR_NOT_FOUND` if there is none, with what to do; what
 *   `commit.isContainedIn` throws
 */
export async function findMergeScan(
  target: { readonly library: RulesetLibrary; readonly scans: ScanStore; readonly buckets: readonly string[] },
  commit: PublishedCommit,
): Promise<MergeScan> {
  const current = await target.library.current();
  const all = current === null ? [] : history(current).toReversed();
  const scans = await target.scans.list({ kind: 'retro', limit: maxScans });
  const own = all.find((each) => each.commit === commit.sha);
  let isPublished = false;
  for (const each of own === undefined ? all : [own, ...all.filter((other) => other !== own)]) {
    // The target of a rollback does not contain it, whenever that was.
    if (each.commit === null || !(await commit.isContainedIn(each.commit))) continue;
    isPublished = true;
    const found = scans.filter(
      (scan) => scan.rulesetId === each.rulesetId && isWhole(scan, target.buckets) && isSince(scan, each),
    );
    const isBrought = await commit.isContainedIn(each.firstCommit ?? each.commit);
    const scan = (isBrought ? found.findLast(isReportable) : undefined) ?? found[0];
    if (scan !== undefined) return { published: each, scan };
  }
  throw new RearviewError(
    'ERR_NOT_FOUND',
    isPublished
      ? `No retro scan of the whole corpus was started with the ruleset of the commit ${commit.sha}: "rearview retro start" starts one.`
      : `No ruleset of the commit ${commit.sha}, or of one that contains it, was ever active: publish it with "rearview publish --commit ${commit.sha}".`,
  );
}

/** Whether the scan continues, has completed, or another took over. */
function isReportable(scan: Scan): boolean {
  return takenOverBy(scan) !== null || (scan.state !== 'failed' && scan.state !== 'cancelled');
}

function isWhole({ buckets, filter }: Scan, all: readonly string[]): boolean {
  return Object.keys(filter).length === 0 && JSON.stringify(buckets) === JSON.stringify(all);
}

function isSince({ createdAt }: Scan, { publishedAt }: PublishedRuleset): boolean {
  return createdAt >= publishedAt;
}
