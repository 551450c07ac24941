import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Nobody's configuration but this, and the same person and moment always. */
const env = {
  PATH: process.env['PATH'],
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  ...{ GIT_AUTHOR_NAME: 'Author', GIT_AUTHOR_EMAIL: 'author@example.invalid' },
  ...{ GIT_COMMITTER_NAME: 'Author', GIT_COMMITTER_EMAIL: 'author@example.invalid' },
};

/** Runs git in a folder and answers what it printed. */
export async function git(cwd: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await run('git', args, { cwd, env });
  return stdout.trimEnd();
}
