import path from 'node:path';
import { isInside } from '../../files/inside-folder.ts';
import type { CliContext } from '../context.ts';

/**
 * A file as GitHub names it: below the root of the repository, with `/`. In a job, the root is
 * `GITHUB_WORKSPACE`; otherwise it is the working folder.
 * @param file absolute
 */
export function repositoryPath({ cwd, env }: Pick<CliContext, 'cwd' | 'env'>, file: string): string {
  const workspace = env['GITHUB_WORKSPACE'];
  const root = workspace !== undefined && workspace !== '' && isInside(workspace, cwd) ? workspace : cwd;
  return path.relative(root, file).split(path.sep).join('/');
}
