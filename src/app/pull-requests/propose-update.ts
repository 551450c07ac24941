import { RearviewError } from '../../domain/errors.ts';
import type { BranchTip, CodeHost } from '../../ports/code-host.ts';
import type { ProposalResult } from './propose.ts';

/** The branch of the only open update. */
export const updateBranch = 'rearview/sync';
/** Also the message of its commit, by which the commit is known again. */
export const updateTitle = 'Update public rules';

export interface SourcesUpdate {
  /** The changed files by path from the root of the repository; null: deleted. */
  readonly files: ReadonlyMap<string, Uint8Array | null>;
  /** Names the state that is proposed. Part of `body`. */
  readonly lock: string;
  /** Markdown. */
  readonly body: string;
}

type UpdateHost = Pick<
  CodeHost,
  'defaultBranch' | 'branchTip' | 'commit' | 'pullsOfBranch' | 'putBranch' | 'openPull' | 'updatePull'
>;

/**
 * Proposes synced rules by pull request. There is one at most: an open one gets the new rules, as
 * long as its branch has no commit of others; GitHub's "Update branch" is none. A state whose pull request was closed without a merge
 * is not proposed again.
 * @param options.dryRun writes nothing and returns what would be done
 * @throws RearviewError as `CodeHost`
 */
export async function proposeUpdate(
  host: UpdateHost,
  { files, lock, body }: SourcesUpdate,
  { dryRun }: { readonly dryRun: boolean },
): Promise<ProposalResult> {
  const pulls = await host.pullsOfBranch(updateBranch);
  const open = pulls.find(({ state }) => state === 'open');
  const [latest] = pulls;
  if (files.size === 0) {
    const why = 'the rules are those of the default branch';
    return { outcome: 'unchanged', url: open?.url ?? null, why: open === undefined ? why : `${why}: close it` };
  }
  if (open === undefined && latest?.state === 'closed' && latest.body.includes(lock)) {
    return { outcome: 'declined', url: latest.url, why: `#${latest.number} was closed` };
  }
  const tip = open === undefined ? null : await host.branchTip(updateBranch);
  if (open !== undefined && tip !== null && !(await isOurs(host, tip))) {
    return { outcome: 'left', url: open.url, why: `${updateBranch} has other commits: merge or close it first` };
  }
  if (dryRun) return { outcome: open === undefined ? 'opened' : 'updated', url: open?.url ?? null, why: null };
  const base = await defaultTip(host);
  await host.putBranch({ branch: updateBranch, base, message: updateTitle, files });
  if (open === undefined) {
    const { url } = await host.openPull({ branch: updateBranch, base: base.branch, title: updateTitle, body });
    return { outcome: 'opened', url, why: null };
  }
  const isNew = (await host.updatePull(open, body)) || (await host.branchTip(updateBranch))?.sha !== tip?.sha;
  return { outcome: isNew ? 'updated' : 'unchanged', url: open.url, why: null };
}

/** Maximum number of "Update branch" on one update. */
const maxMerges = 50;

/**
 * Whether a branch ends with our commit, or with merges of the default branch that GitHub made on
 * top of it ("Update branch"). A merge that a person pushed may have edits.
 */
async function isOurs(host: UpdateHost, tip: BranchTip): Promise<boolean> {
  const merge = `Merge branch '${await host.defaultBranch()}' into ${updateBranch}`;
  let each = tip;
  for (let merges = 0; merges <= maxMerges; merges += 1) {
    if (each.message === updateTitle && each.parents.length < 2) return true;
    const [own, ...merged] = each.parents;
    if (!each.isByHost || each.message !== merge || own === undefined || merged.length !== 1) return false;
    each = await host.commit(own);
  }
  return false;
}

async function defaultTip(host: UpdateHost) {
  const branch = await host.defaultBranch();
  const tip = await host.branchTip(branch);
  if (tip !== null) return { ...tip, branch };
  const message = `GitHub shows no branch ${branch}: the job needs "permissions: contents: write".`;
  throw new RearviewError('ERR_NOT_FOUND', message);
}
