/** The event that starts a workflow, as GitHub sends it. */
export interface WorkflowEvent {
  /** `pull_request`, `push` … */
  readonly name: string;
  readonly payload: Readonly<Record<string, unknown>>;
  /** `refs/heads/main`, `refs/pull/1/merge`. */
  readonly ref: string;
  readonly sha: string;
  readonly actor: string;
  /** What was typed at a `workflow_dispatch`. */
  readonly inputs?: Readonly<Record<string, string>>;
  /** 2 where the run is run again, and so on. Default: 1. */
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
  /** What the machine has in its environment, beside what every runner has. */
  readonly env: Readonly<Record<string, string>>;
  /**
   * What a job may do in AWS that shows a token: its credentials, as environment variables.
   * @param claims of the token: https://docs.github.com/en/actions/reference/security/oidc
   * @throws Error where the role does not trust them
   */
  assume(role: string, claims: TokenClaims): Readonly<Record<string, string>>;
  /** A folder for all that the workflow leaves. */
  readonly folder: string;
}

export type Outcome = 'success' | 'failure' | 'skipped';

export interface StepRun {
  /** Its name, else what it runs or uses. */
  readonly name: string;
  readonly outcome: Outcome;
  readonly stdout: string;
  readonly stderr: string;
}

export interface JobRun {
  readonly result: Outcome;
  readonly outputs: Readonly<Record<string, string>>;
  readonly steps: readonly StepRun[];
  /** What it wrote into its summary. */
  readonly summary: string;
}

export interface WorkflowRun {
  /** `failure` where a job failed. */
  readonly conclusion: 'success' | 'failure';
  /** By id; of a matrix each job by `id (first value)`. */
  readonly jobs: Readonly<Record<string, JobRun>>;
  /** Folder of each artifact, by its name. */
  readonly artifacts: ReadonlyMap<string, string>;
}
