import { execFile } from 'node:child_process';
import { messageOf, RearviewError } from '../../domain/errors.ts';
import { codeOf } from '../system-error.ts';

/** Bytes of output, more than a rules folder has. */
const maxOutputBytes = 512 * 1024 * 1024;

/** Longest that git may take: a partial clone fetches what it lacks. */
const timeoutMs = 10 * 60_000;

/**
 * Variables of Git that are kept: locations of programs, certificates and configuration, and the
 * login for partial clones. All others are removed: they can point Git to other folders or objects,
 * or add settings.
 */
const kept: ReadonlySet<string> = new Set([
  ...['GIT_EXEC_PATH', 'GIT_SSL_CAINFO', 'GIT_SSL_CAPATH', 'GIT_SSH', 'GIT_SSH_COMMAND', 'GIT_ASKPASS'],
  ...['GIT_CONFIG_GLOBAL', 'GIT_CONFIG_SYSTEM', 'GIT_CONFIG_NOSYSTEM', 'GIT_CEILING_DIRECTORIES'],
]);

/** The environment of git: variables, and the signal that ends it. */
export interface GitContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

export interface GitOptions {
  /** Its standard input. Default: nothing. */
  readonly input?: string;
  /** Variables that are added. Default: none. */
  readonly more?: Readonly<Record<string, string>>;
  /** Largest output; larger ones are refused with `ERR_OBJECT_TOO_LARGE`. Default: 512 MiB. */
  readonly maxBytes?: number;
}

/** Exit of the program. */
export interface GitRun {
  readonly code: number;
  readonly stdout: Buffer;
  /** First line of its errors; empty if there are none. */
  readonly complaint: string;
}

/**
 * Runs the program `git` without a shell and returns its exit. A code other than 0 does not throw.
 * @param cwd the folder whose repository is meant
 * @throws RearviewError `ERR_CONFIG` where there is no such program; `ERR_OBJECT_TOO_LARGE`
 */
export function runGit(
  { env, signal }: GitContext,
  cwd: string,
  args: readonly string[],
  { input = '', more = {}, maxBytes = maxOutputBytes }: GitOptions = {},
): Promise<GitRun> {
  const own = Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('GIT_') || kept.has(name)));
  return new Promise((resolve, reject) => {
    const child = execFile(
      'git',
      args,
      {
        ...{ cwd, signal, encoding: 'buffer', maxBuffer: maxBytes, windowsHide: true, timeout: timeoutMs },
        // Git never prompts, writes no index, takes paths literally, and reports errors in English.
        env: {
          ...{ ...own, ...more, GIT_TERMINAL_PROMPT: '0', GIT_OPTIONAL_LOCKS: '0', GIT_LITERAL_PATHSPECS: '1' },
          LC_ALL: 'C',
        },
      },
      (error, stdout, stderr) => {
        const complaint = stderr.toString().split('\n', 1)[0] ?? '';
        if (error === null) return resolve({ code: 0, stdout, complaint });
        if (typeof error.code === 'number') return resolve({ code: error.code, stdout, complaint });
        if (codeOf(error) === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') {
          return reject(
            new RearviewError('ERR_OBJECT_TOO_LARGE', `git ${args[0]} printed more than ${maxBytes} bytes`),
          );
        }
        const message = `Cannot run git in ${cwd}: ${messageOf(error)}. Install it if it is missing.`;
        reject(new RearviewError('ERR_CONFIG', message, { cause: error }));
      },
    );
    // If Git ends before it has read all input, its exit code shows the reason.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}
