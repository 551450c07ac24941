/**
 * A run of a workflow on the code host, as the host describes it. A run cannot change any of it.
 */
export interface WorkflowRun {
  readonly id: number;
  /** Later runs of a workflow have higher numbers. */
  readonly number: number;
  /** Begins at 1. */
  readonly attempt: number;
  /** The event that started it: `pull_request`. */
  readonly event: string;
  /** Null while it runs. */
  readonly conclusion: string | null;
  /** Page with its details. */
  readonly url: string;
  readonly headSha: string;
  /** Empty if it is not known. */
  readonly headBranch: string;
  /** `owner/name`; empty if it is not known. */
  readonly headRepository: string;
  /** When the run was created, not when it was started again; ISO 8601. */
  readonly createdAt: string;
  /** File of the workflow, from the root of the repository. */
  readonly workflow: string;
  /** Numbers of the pull requests that the host names; none for a branch of a fork. */
  readonly pulls: readonly number[];
  /** Bases of these pull requests that are branches of this repository. */
  readonly bases: readonly string[];
}
