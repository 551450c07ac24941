import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const cli = fileURLToPath(new URL('../../cli/launch.mjs', import.meta.url));

export interface CliProcessEnd {
  /** -1 if a signal ended it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliProcessOptions {
  readonly cwd: string;
  /** Besides `PATH`. */
  readonly env: Readonly<Record<string, string>>;
  /** User to run as. */
  readonly uid?: number;
  /** Most blocks that a file may grow to (`ulimit -f`): like a full disk. */
  readonly maxFileBlocks?: number;
  /** Kills the process when this promise settles. */
  readonly until?: Promise<void>;
}

/** Runs the command line in a process of its own. */
export function runCliProcess(
  args: readonly string[],
  { cwd, env, until, maxFileBlocks, ...user }: CliProcessOptions,
): Promise<CliProcessEnd> {
  return new Promise((resolve, reject) => {
    const command = [process.execPath, '--disable-warning=ExperimentalWarning', cli, ...args];
    // The shell sets the limit for itself and becomes node.
    const limited = maxFileBlocks === undefined ? [] : ['/bin/sh', '-c', `ulimit -f ${maxFileBlocks}; exec "$0" "$@"`];
    const [program = '', ...rest] = [...limited, ...command];
    const child = spawn(program, rest, {
      ...user,
      cwd,
      env: { PATH: process.env['PATH'], NODE_V8_COVERAGE: '', XDG_STATE_HOME: process.env['XDG_STATE_HOME'], ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    void until?.finally(() => child.kill('SIGKILL'));
    const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.once('error', reject);
    child.once('close', (code) =>
      resolve({ code: code ?? -1, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() }),
    );
  });
}
