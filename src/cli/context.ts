import type { Writable } from 'node:stream';

/** All that a command may touch of the process it runs in. Tests pass their own. */
export interface CliContext {
  /** Results. */
  readonly stdout: Writable;
  /** Everything else: progress, problems, advice. */
  readonly stderr: Writable;
  /** Relative paths begin here. Absolute. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Which of the streams a person reads as it comes. */
  readonly isTerminal: { readonly stdout: boolean; readonly stderr: boolean };
  /** Aborted by the first Ctrl-C. */
  readonly signal: AbortSignal;
}

/** The flags that every command takes, as absolute paths. */
export interface GlobalOptions {
  /** Target of the pipeline. Default: `aws` with `stackOutputs`, otherwise `local`. */
  readonly target: 'local' | 'aws';
  /**
   * File with the outputs of the stack, for the target in AWS; null if only environment variables
   * are used.
   */
  readonly stackOutputs: string | null;
  readonly env: CliContext['env'];
  /** State folder of the pipeline on this machine. Default: `.rearview`. */
  readonly stateDir: string;
  /** Default: `rules`. */
  readonly rulesDir: string;
  /** True if `--rules` was given. */
  readonly isRulesDirGiven: boolean;
  /** Default: `rule-tests`. */
  readonly testsDir: string;
}
