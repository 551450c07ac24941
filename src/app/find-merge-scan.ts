import { RearviewError } from '../domain/errors.ts';
import type { PublishedRuleset } from '../domain/ruleset.ts';
import type { Scan } from '../domain/scan.ts';
import type { ScanStore } from '../ports/scan-store.ts';
import { history } from './current-ruleset.ts';
import type { PublishedCommit } from './publish-ruleset.ts';
import type { RulesetLibrary } from './ruleset-library.ts';

/** Looked through for the scan of a ruleset. */
const maxScans = 1000;

export interface MergeScan {
  /** The ruleset that holds what the commit brought. */
  readonly published: PublishedRuleset;
  /** The scan that brings it to the corpus. */
  readonly scan: Scan;
}

/**
 * Finds the scan of what a commit brought: the newest over the whole corpus with the ruleset that was published for it. Where a later merge came first,
 * there may be no such ruleset, or no such scan; then it is that of the first later ruleset that has one.
 * @throws RearviewError `ERR_NOT_FOUND` where there is none, saying what is to be done; what `commit.isContainedIn` throws
 */
export async function findMergeScan(
  home: { readonly library: RulesetLibrary; readonly scans: ScanStore; readonly buckets: readonly string[] },
  commit: PublishedCommit,
): Promise<MergeScan> {
  const current = await home.library.current();
  const all = current === null ? [] : history(current).toReversed();
  const scans = await home.scans.list({ kind: 'retro', limit: maxScans });
  const scanOf = (each: PublishedRuleset) =>
    scans.find((one) => one.rulesetId === each.rulesetId && isWhole(one, home.buckets) && isSince(one, each));
  const own = all.findLast((each) => each.commit === commit.sha);
  const ownScan = own === undefined ? undefined : scanOf(own);
  if (own !== undefined && ownScan !== undefined) return { published: own, scan: ownScan };
  let isPublished = own !== undefined;
  for (const each of all) {
    // What was rolled back to does not hold it, whenever that was.
    if (each === own || each.commit === null || !(await commit.isContainedIn(each.commit))) continue;
    isPublished = true;
    const scan = scanOf(each);
    if (scan !== undefined) return { published: each, scan };
  }
  throw new RearviewError(
    'ERR_NOT_FOUND',
    isPublished
      ? `No retro scan of the whole corpus was started with the ruleset of the commit ${commit.sha}: "rearview retro start" starts one.`
      : `No ruleset of the commit ${commit.sha}, nor of one that contains it, is or was in force: "rearview publish --commit ${commit.sha}" puts it there.`,
  );
}

function isWhole({ buckets, filter }: Scan, all: readonly string[]): boolean {
  return Object.keys(filter).length === 0 && JSON.stringify(buckets) === JSON.stringify(all);
}

function isSince({ createdAt }: Scan, { publishedAt }: PublishedRuleset): boolean {
  return publishedAt === null || createdAt >= publishedAt;
}
