import { execFile } from 'node:child_process';
import { messageOf, RearviewError } from '../../domain/errors.ts';
import type { CliContext } from '../context.ts';

/** Bytes of output; a listing or a rules folder beyond that is no rules folder. */
const maxOutputBytes = 512 * 1024 * 1024;

/** Longest that git may take: a partial clone fetches what it lacks. */
const timeoutMs = 10 * 60_000;

/**
 * Variables of git that are kept: where its programs, certificates and configuration files are, and how it signs in where a partial clone fetches. All others are
 * left out: they make git look elsewhere than in the folder it is run in (set in hooks, say), take objects from elsewhere, or add settings.
 */
const kept: ReadonlySet<string> = new Set([
  ...['GIT_EXEC_PATH', 'GIT_SSL_CAINFO', 'GIT_SSL_CAPATH', 'GIT_SSH', 'GIT_SSH_COMMAND', 'GIT_ASKPASS'],
  ...['GIT_CONFIG_GLOBAL', 'GIT_CONFIG_SYSTEM', 'GIT_CONFIG_NOSYSTEM', 'GIT_CEILING_DIRECTORIES'],
]);

/** How the program ended. */
export interface GitRun {
  readonly code: number;
  readonly stdout: Buffer;
  /** The first line it complained with; empty where it did not. */
  readonly complaint: string;
}

/**
 * Runs the program `git`, without a shell, and says how it ended: a code other than 0 is no exception.
 * @param cwd the folder whose repository is meant
 * @param input what it reads
 * @throws RearviewError `ERR_CONFIG` where there is no such program
 */
export function runGit(
  { env, signal }: Pick<CliContext, 'env' | 'signal'>,
  cwd: string,
  args: readonly string[],
  input = '',
): Promise<GitRun> {
  const own = Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('GIT_') || kept.has(name)));
  return new Promise((resolve, reject) => {
    const child = execFile(
      'git',
      args,
      {
        ...{ cwd, signal, encoding: 'buffer', maxBuffer: maxOutputBytes, windowsHide: true, timeout: timeoutMs },
        // Never waits for a person, writes nothing, takes paths as they are, and complains in the language of our messages.
        env: { ...own, GIT_TERMINAL_PROMPT: '0', GIT_OPTIONAL_LOCKS: '0', GIT_LITERAL_PATHSPECS: '1', LC_ALL: 'C' },
      },
      (error, stdout, stderr) => {
        const complaint = stderr.toString().split('\n', 1)[0] ?? '';
        if (error === null) return resolve({ code: 0, stdout, complaint });
        if (typeof error.code === 'number') return resolve({ code: error.code, stdout, complaint });
        const message = `The program git cannot be run in ${cwd}: ${messageOf(error)}. A base git:… needs it: install it, or name a rules folder.`;
        reject(new RearviewError('ERR_CONFIG', message, { cause: error }));
      },
    );
    // Where git ends before it has read all, its exit code says why.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}
