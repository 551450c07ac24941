import type { PullBases } from '../domain/pull-requests/pull.ts';
import type { ReviewSection } from './section.ts';

/** The bases where all is well: the default branch and nothing else. */
export const defaultBase: PullBases = { others: [], haveChanged: false, isRunKnown: true };

/** What was found of a pull request, and what the side that trusts nobody knows of how it came about. */
export interface Review {
  /** Commit that was looked at. Null: none, on a laptop. */
  readonly headSha: string | null;
  /** Page of the workflow run. Null: there is none, on a laptop. */
  readonly runUrl: string | null;
  /** How the workflow run ended, as GitHub says. Null: there was none. */
  readonly runConclusion: string | null;
  readonly sections: readonly ReviewSection[];
  /** Sections that should have been there, as their artifacts are called without `rearview-`. */
  readonly missing: readonly string[];
  /** What was there and could not be read, and why. */
  readonly refused: readonly { readonly name: string; readonly reason: string }[];
  /** Files that the pull request changes and that its checks are made of, or held against: the figures come from changed code. */
  readonly ownChecks: readonly string[];
  /** What is known of the branches that the change is to be merged into. */
  readonly bases: PullBases;
  /** False: which files it changes is not known, for it is gone, has moved on, or has too many. */
  readonly areFilesKnown: boolean;
  /** GitHub says that it changes no rules, and nothing was left: there was nothing to look at. */
  readonly isOfNoRules: boolean;
  /** The pull request has a later commit by now. */
  readonly isOutdated: boolean;
}
