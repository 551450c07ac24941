/** An entry of the tree of a commit. */
export interface TreeEntry {
  /** From the top of the repository, with `/`. Bytes that are not UTF-8 are U+FFFD. */
  readonly path: string;
  readonly kind: 'file' | 'link' | 'submodule';
  /** Bytes; 0 for a submodule. */
  readonly size: number;
  /** Identifies the content. */
  readonly id: string;
}

/** One commit of a repository, with everything in it. */
export interface FetchedRepository {
  /** Full hash, lower case. */
  readonly commit: string;
  /** In the order of the tree. Names are those of the tree, whatever they contain. */
  readonly entries: readonly TreeEntry[];
  /**
   * Returns the contents of files as stored, without filters.
   * @throws RearviewError `ERR_CONFIG` for one that the repository does not have
   */
  read(entries: readonly TreeEntry[]): Promise<readonly Uint8Array[]>;
}

/** The version of a repository that is wanted. */
export interface RepositoryVersion {
  /** `https://…`, `ssh://…`, `user@host:path`, `file:///…` or an absolute path. */
  readonly url: string;
  /** Null: the default branch. */
  readonly ref: { readonly kind: 'branch' | 'tag' | 'commit'; readonly name: string } | null;
}

/** Repositories of rules, as far as fetching needs them. Nothing of them is run or checked out. */
export interface RuleRepositories {
  /**
   * Fetches one commit.
   * @param folder existing and empty; the repository is used only as long as it exists
   * @throws RearviewError `ERR_CONFIG` if the repository or the version does not exist or is too
   *   large, `ERR_UNAVAILABLE` (retryable) if it cannot be reached
   */
  fetch(version: RepositoryVersion, folder: string): Promise<FetchedRepository>;
}
