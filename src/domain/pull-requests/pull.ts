/** A pull request, with the fields that a review of it needs. */
export interface Pull {
  readonly number: number;
  readonly url: string;
  readonly isOpen: boolean;
  readonly isMerged: boolean;
  readonly headSha: string;
  readonly headBranch: string;
  /** `owner/name`; null if the fork has been deleted. */
  readonly headRepository: string | null;
  readonly baseSha: string;
  readonly baseBranch: string;
}

/** A pull request from a branch that Rearview pushed. */
export interface OwnPull {
  readonly number: number;
  readonly url: string;
  readonly state: 'open' | 'merged' | 'closed';
  readonly title: string;
  /** Markdown. */
  readonly body: string;
}

/** A pull request to open. */
export interface NewPull {
  readonly branch: string;
  readonly base: string;
  readonly title: string;
  /** Markdown. */
  readonly body: string;
}

/**
 * The bases of the pull requests of a commit. A pull request runs the workflow of the merge with
 * its base. So everyone who can push a branch and open a pull request to it can have any workflow
 * run on a commit.
 */
export interface PullBases {
  /**
   * Branches other than the default branch that are a base of an open pull request with this
   * commit, or that the run may have been for.
   */
  readonly others: readonly string[];
  /**
   * A base changed after the run was created, or so shortly before that the run may have been for
   * the earlier base.
   */
  readonly haveChanged: boolean;
  /**
   * The run was for the default branch, so its results can be shown. False: it may have run another
   * workflow than that of the default branch.
   */
  readonly isRunKnown: boolean;
}

/**
 * Whether two Markdown texts are the same. A code host may change line ends and drop space at the
 * end.
 */
export function isSameMarkdown(a: string, b: string): boolean {
  return a.replaceAll('\r\n', '\n').trimEnd() === b.replaceAll('\r\n', '\n').trimEnd();
}
