import type { CommentMarker } from '../domain/pull-requests/comment-marker.ts';
import type { NewPull, OwnPull, Pull, PullBases } from '../domain/pull-requests/pull.ts';
import type { WorkflowRun } from '../domain/pull-requests/workflow-run.ts';

export interface CommentRequest {
  /** Number of the pull request. */
  readonly pull: number;
  readonly marker: CommentMarker;
  /** Markdown, without the marker. */
  readonly body: string;
  /**
   * Gets the values of the marker of the existing comment; false keeps that comment. Default: it is
   * replaced.
   */
  readonly mayReplace?: (values: CommentMarker['values']) => boolean;
}

export interface PostedComment {
  /** `left`: `mayReplace` kept the existing comment. */
  readonly outcome: 'created' | 'updated' | 'unchanged' | 'left';
  readonly id: number;
  readonly url: string;
}

/** A comment that Rearview posted. */
export interface FoundComment {
  readonly id: number;
  readonly pull: number;
  readonly url: string;
  /** With its marker. */
  readonly body: string;
  readonly values: CommentMarker['values'];
  /** ISO 8601. */
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface CheckRunRequest {
  /** A commit has at most one check run with this name. */
  readonly name: string;
  readonly headSha: string;
  readonly conclusion: 'success' | 'failure' | 'neutral';
  readonly title: string;
  /** Markdown. */
  readonly summary: string;
  /** Page with the details. */
  readonly detailsUrl?: string;
  /**
   * Number of the workflow run that reports. An older run does not overwrite the result of a newer
   * one.
   */
  readonly run: number;
  /**
   * The run may have run another workflow than that of the default branch. It never hides the
   * failure of another run, whichever comes first. Default: false.
   */
  readonly isUnclear?: boolean;
}

export interface PostedCheckRun {
  /** `left`: the result of another run stays. */
  readonly outcome: 'created' | 'updated' | 'left';
  readonly id: number;
}

/** A commit that another one can be based on. */
export interface CommitTree {
  readonly sha: string;
  /** Hash of its files: equal if all files are equal. */
  readonly tree: string;
}

/** A commit, for example the latest of a branch. */
export interface BranchTip extends CommitTree {
  readonly message: string;
  /** SHAs; a merge commit has the branch that was merged into first. */
  readonly parents: readonly string[];
  /** True if the code host made it itself, for example to update a branch. */
  readonly isByHost: boolean;
}

export interface BranchChange {
  readonly branch: string;
  readonly base: CommitTree;
  readonly message: string;
  /** By path from the root of the repository: text or bytes; null deletes the file. */
  readonly files: ReadonlyMap<string, string | Uint8Array | null>;
}

export interface ArtifactsRequest {
  readonly runId: number;
  /** Only artifacts whose names begin with this. */
  readonly prefix: string;
  /** Maximum size of an archive, and of the file in it. */
  readonly maxBytes: number;
  /** Maximum number of artifacts to read; the others are refused. Default: 40. */
  readonly maxArtifacts?: number;
}

/** An artifact of a run: the bytes of its only file, or why it was refused. */
export type ReadArtifact = { readonly name: string } & (
  | { readonly content: Uint8Array; readonly refused: null }
  | { readonly content: null; readonly refused: string }
);

/**
 * A repository on a code host, as the pull request loop needs it. All methods throw RearviewError
 * `ERR_UNAVAILABLE` (retryable), `ERR_CONFIG` for a missing permission, `ERR_NOT_FOUND`,
 * `ERR_CONFLICT` or `ERR_STATE`.
 */
export interface CodeHost {
  /** Maximum number of characters of a comment, with its marker. */
  readonly maxCommentLength: number;
  /** Maximum number of characters of the summary of a check run. */
  readonly maxCheckSummaryLength: number;

  fetchRun(id: number): Promise<WorkflowRun>;
  /**
   * Reads the artifacts of a run, by name; of several with the same name the newest. Their content
   * is not trusted: a bad artifact is refused and affects only itself.
   */
  readArtifacts(request: ArtifactsRequest): Promise<readonly ReadArtifact[]>;

  /**
   * The pull requests that a workflow may have run for, from what the host knows and never from
   * what the run left. Open ones, by number; else one that is closed; else none.
   */
  pullsOfRun(run: WorkflowRun): Promise<readonly Pull[]>;
  /**
   * Bases that a run of a pull request may have been for. All pull requests count that have been
   * open since the run was created.
   */
  basesOfRun(run: WorkflowRun): Promise<PullBases>;
  /**
   * Paths that a pull request changes, with the earlier paths of renamed files. `isWhole` is false
   * if the host does not list all of them.
   */
  pullFiles(number: number): Promise<{ readonly paths: readonly string[]; readonly isWhole: boolean }>;
  /** Pull requests that brought a commit into the repository, merged ones first. */
  pullsOfCommit(sha: string): Promise<readonly { readonly number: number; readonly isMerged: boolean }[]>;

  /**
   * Posts a comment, in place of the existing one with a marker of the same kind. Only comments of
   * the token's own login are replaced. Of several the first stays and the others are deleted.
   */
  upsertComment(request: CommentRequest): Promise<PostedComment>;
  hasComment(pull: number, kind: CommentMarker['kind']): Promise<boolean>;
  /**
   * Own comments of a kind in the whole repository that were changed at or after `since` (ISO
   * 8601), oldest first.
   */
  listComments(options: {
    readonly kind: CommentMarker['kind'];
    readonly since: string;
  }): Promise<readonly FoundComment[]>;
  /**
   * Reports on a commit how its review ended, in place of an earlier report that does not outrank
   * it.
   */
  upsertCheckRun(request: CheckRunRequest): Promise<PostedCheckRun>;

  /** The branch that pull requests go to. */
  defaultBranch(): Promise<string>;
  /** The latest commit of a branch; null if there is no such branch. */
  branchTip(branch: string): Promise<BranchTip | null>;
  /** `ERR_NOT_FOUND` if there is no such commit. */
  commit(sha: string): Promise<BranchTip>;
  /**
   * The text of a file in a commit; null if it is not there. `ERR_STATE` for what is not a text
   * file of at most 1 MiB.
   */
  readFile(path: string, commit: string): Promise<string | null>;
  /**
   * Points a branch at one commit on `base` with the changed files. A branch that has exactly these
   * files stays as it is.
   */
  putBranch(change: BranchChange): Promise<void>;
  /** Pull requests from a branch of this repository, newest first, in any state. */
  pullsOfBranch(branch: string): Promise<readonly OwnPull[]>;
  /**
   * Opens a pull request from a branch that has no open one. `ERR_CONFIG` if the repository does
   * not allow it.
   */
  openPull(pull: NewPull): Promise<OwnPull>;
  /** Replaces the body of a pull request if it differs; returns whether it did. */
  updatePull(pull: OwnPull, body: string): Promise<boolean>;
}
