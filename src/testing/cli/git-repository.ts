import { execFileSync } from 'node:child_process';

/** Nothing of the machine's or the user's configuration takes part. */
const hermetic = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'A. Author',
  GIT_AUTHOR_EMAIL: 'author@example.invalid',
  GIT_COMMITTER_NAME: 'A. Author',
  GIT_COMMITTER_EMAIL: 'author@example.invalid',
  GIT_AUTHOR_DATE: '2026-01-01T00:00:00Z',
  GIT_COMMITTER_DATE: '2026-01-01T00:00:00Z',
};

/** A real repository in a folder. */
export interface GitRepository {
  /** Runs git there; returns what it printed, without the last line end. */
  git(...args: readonly string[]): string;
  /** The same, with what git reads. */
  gitWith(input: string | Uint8Array, ...args: readonly string[]): string;
  /** Commits all that is there; returns the name of the commit. */
  commit(message: string): string;
}

/** Makes a repository of a folder, with the branch `main`. */
export function createGitRepository(dir: string): GitRepository {
  const gitWith: GitRepository['gitWith'] = (input, ...args) =>
    execFileSync('git', args, { cwd: dir, input, env: { PATH: process.env['PATH'], ...hermetic } })
      .toString()
      .replace(/\n$/, '');
  const git: GitRepository['git'] = (...args) => gitWith('', ...args);
  git('init', '--quiet', '--initial-branch=main');
  return {
    git,
    gitWith,
    commit(message) {
      git('add', '--all');
      git('commit', '--quiet', '--allow-empty', `--message=${message}`);
      return git('rev-parse', 'HEAD');
    },
  };
}
