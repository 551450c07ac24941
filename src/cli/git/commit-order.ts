import { RearviewError } from '../../domain/errors.ts';
import { commitPattern } from '../../domain/rulesets/commit.ts';
import { runGit } from '../../files/git/run-git.ts';
import type { CliContext } from '../context.ts';

/** The order of commits in Git. */
export interface CommitOrder {
  /**
   * True if `other` is `commit` or contains it.
   * @throws RearviewError `ERR_STATE` if the commits, or too much of the history between them, are
   * not fetched; names what to fetch
   */
  isContainedIn(commit: string, other: string): Promise<boolean>;
}

/**
 * Reads the order from the repository of a folder.
 * @throws RearviewError (later) `ERR_CONFIG` where there is no Git or no repository
 */
export function createCommitOrder(context: Pick<CliContext, 'env' | 'signal'>, dir: string): CommitOrder {
  /** @param exit codes other than 0 that are a result */
  async function git(codes: readonly number[], ...args: readonly string[]) {
    const run = await runGit(context, dir, args);
    if (run.code === 0 || codes.includes(run.code)) return run;
    throw new RearviewError(
      'ERR_CONFIG',
      `Cannot read the order of commits in ${dir}: git ${args[0]} ended with ${run.code}: ${run.complaint}`,
    );
  }
  // 128 also means that there is no repository; that was checked before.
  const isKnown = async (commit: string) => (await git([1, 128], 'cat-file', '-e', `${commit}^{commit}`)).code === 0;
  const isAncestor = async (commit: string, of: string) =>
    (await git([1], 'merge-base', '--is-ancestor', commit, of)).code === 0;

  return {
    async isContainedIn(commit, other) {
      for (const each of [commit, other]) if (!commitPattern.test(each)) throw new Error(`${each} is not a commit.`);
      if (commit === other) return true;
      const isShallow = (await git([], 'rev-parse', '--is-shallow-repository')).stdout.toString().trim() === 'true';
      for (const each of [commit, other]) {
        if (!(await isKnown(each))) throw unknownOrder(`Git does not know the commit ${each} in ${dir}`, each);
      }
      // In a shallow repository only a yes is certain: the history between the commits may not be
      // fetched.
      if (await isAncestor(commit, other)) return true;
      if (isShallow && !(await isAncestor(other, commit))) {
        throw unknownOrder(
          `Git has not fetched the history between the commits ${commit} and ${other} in ${dir}`,
          other,
        );
      }
      return false;
    },
  };
}

function unknownOrder(what: string, commit: string): RearviewError {
  return new RearviewError(
    'ERR_STATE',
    `${what}, so which of them is later is not known. Fetch the whole history ("git fetch --unshallow origin", or fetch-depth: 0 with actions/checkout), and that commit if it is on no branch ("git fetch origin ${commit}"). If it no longer exists, publish once without --commit. Nothing was published.`,
  );
}
