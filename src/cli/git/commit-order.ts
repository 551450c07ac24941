import { RearviewError } from '../../domain/errors.ts';
import { commitPattern } from '../../domain/rulesets/commit.ts';
import type { CliContext } from '../context.ts';
import { runGit } from './run-git.ts';

/** What Git knows of the order of commits. */
export interface CommitOrder {
  /**
   * Whether `other` is `commit` or contains it.
   * @throws RearviewError `ERR_STATE` where the repository does not have the commits, or not enough between them to tell; it says what to fetch
   */
  isContainedIn(commit: string, other: string): Promise<boolean>;
}

/**
 * Asks Git in the repository that a folder lies in.
 * @throws RearviewError (later) `ERR_CONFIG` where there is no Git or no repository
 */
export function createCommitOrder(context: Pick<CliContext, 'env' | 'signal'>, dir: string): CommitOrder {
  /** @param codes that are an answer, besides 0 */
  async function git(codes: readonly number[], ...args: readonly string[]) {
    const run = await runGit(context, dir, args);
    if (run.code === 0 || codes.includes(run.code)) return run;
    throw new RearviewError(
      'ERR_CONFIG',
      `Git could not be asked for the order of commits in ${dir}: git ${args[0]} ended with ${run.code}: ${run.complaint}`,
    );
  }
  // 128 is also the answer where there is no repository; that was found out before.
  const isKnown = async (commit: string) => (await git([1, 128], 'cat-file', '-e', `${commit}^{commit}`)).code === 0;
  const isAncestor = async (commit: string, of: string) =>
    (await git([1], 'merge-base', '--is-ancestor', commit, of)).code === 0;

  return {
    async isContainedIn(commit, other) {
      for (const each of [commit, other]) if (!commitPattern.test(each)) throw new Error(`${each} is no commit.`);
      if (commit === other) return true;
      const isShallow = (await git([], 'rev-parse', '--is-shallow-repository')).stdout.toString().trim() === 'true';
      for (const each of [commit, other]) {
        if (!(await isKnown(each))) throw untold(`Git does not know the commit ${each} in ${dir}`, each);
      }
      // What is said of a shallow repository is true where it is yes; no may mean that what lies between was not fetched.
      if (await isAncestor(commit, other)) return true;
      if (isShallow && !(await isAncestor(other, commit))) {
        throw untold(`Git has not fetched what lies between the commits ${commit} and ${other} in ${dir}`, other);
      }
      return false;
    },
  };
}

function untold(what: string, commit: string): RearviewError {
  return new RearviewError(
    'ERR_STATE',
    `${what}, so which of them is later cannot be told. Fetch the whole history ("git fetch --unshallow origin", or fetch-depth: 0 with actions/checkout), and that commit where it is on no branch ("git fetch origin ${commit}"). Where it is gone for good, publish once without --commit. Nothing was published.`,
  );
}
