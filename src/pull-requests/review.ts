import type { PullBases } from '../domain/pull-requests/pull.ts';
import type { ReviewSection } from './section.ts';

/** The bases where all is well: the default branch and nothing else. */
export const defaultBase: PullBases = { others: [], haveChanged: false, isRunKnown: true };

/** Results of the checks of a pull request, and trusted facts about their origin. */
export interface Review {
  /** Commit that was looked at. Null: none, on a laptop. */
  readonly headSha: string | null;
  /** Page of the workflow run. Null: there is none, on a laptop. */
  readonly runUrl: string | null;
  /** Conclusion of the workflow run from GitHub. Null: there was none. */
  readonly runConclusion: string | null;
  readonly sections: readonly ReviewSection[];
  /** Sections that should have been there, as their artifacts are called without `rearview-`. */
  readonly missing: readonly string[];
  /** Artifacts that could not be read, and the reason. */
  readonly refused: readonly { readonly name: string; readonly reason: string }[];
  /** Changed files that its own checks use: the results come from changed code. */
  readonly ownChecks: readonly string[];
  /** The base branches of the pull requests of the commit. */
  readonly bases: PullBases;
  /**
   * False if the changed files are not known: the pull request is gone, has a later commit, or has
   * too many files.
   */
  readonly areFilesKnown: boolean;
  /**
   * According to GitHub it changes no rules, and there are no artifacts: there was nothing to
   * check.
   */
  readonly isOfNoRules: boolean;
  /** The pull request has a later commit. */
  readonly isOutdated: boolean;
}
