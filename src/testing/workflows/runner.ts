/** The event that starts a workflow, as GitHub sends it. */
export interface WorkflowEvent {
  /** `pull_request`, `push` … */
  readonly name: string;
  readonly payload: Readonly<Record<string, unknown>>;
  /** `refs/heads/main`, `refs/pull/1/merge`. */
  readonly ref: string;
  readonly sha: string;
  readonly actor: string;
  /** The inputs of a `workflow_dispatch`. */
  readonly inputs?: Readonly<Record<string, string>>;
  /** 2 for the second attempt of a run, and so on. Default: 1. */
  readonly attempt?: number;
}

/** Claims that AWS STS compares. */
export interface TokenClaims {
  readonly aud: string;
  readonly sub: string;
  /** `owner/name/.github/workflows/file.yml@ref`. */
  readonly job_workflow_ref: string;
}

/** The repository at GitHub and the machine that a workflow runs on. */
export interface Runner {
  /** Location of the repository. */
  readonly remote: string;
  /** `owner/name`. */
  readonly repository: string;
  /** Configuration variables of the repository. */
  readonly vars: Readonly<Record<string, string>>;
  /** Environment variables of the machine, in addition to those of every runner. */
  readonly env: Readonly<Record<string, string>>;
  /**
   * Returns the AWS credentials for the token of a job, as environment variables.
   * @param claims the claims of the token:
   *   https://docs.github.com/en/actions/reference/security/oidc
   * @throws Error if the role does not trust them
   */
  assume(role: string, claims: TokenClaims): Readonly<Record<string, string>>;
  /** A folder for the files of the workflow. */
  readonly folder: string;
}

export type Outcome = 'success' | 'failure' | 'skipped';

export interface StepRun {
  /** Its name, or otherwise the script or action that it runs. */
  readonly name: string;
  readonly outcome: Outcome;
  readonly stdout: string;
  readonly stderr: string;
}

export interface JobRun {
  readonly result: Outcome;
  readonly outputs: Readonly<Record<string, string>>;
  readonly steps: readonly StepRun[];
  /** The text of its summary. */
  readonly summary: string;
}

export interface WorkflowRun {
  /** `failure` if a job failed. */
  readonly conclusion: 'success' | 'failure';
  /** Jobs by id; jobs of a matrix by `id (first value)`. */
  readonly jobs: Readonly<Record<string, JobRun>>;
  /** Folder of each artifact, by its name. */
  readonly artifacts: ReadonlyMap<string, string>;
}
