import { isUtf8 } from 'node:buffer';
import { hasCode, RearviewError } from '../../domain/errors.ts';
import type { GithubClient } from './github-client.ts';

/**
 * The text of a file in a commit; null if it does not exist. A byte-order mark stays. Needs
 * `contents: read`.
 * @param path from the root of the repository, with `/`
 * @throws RearviewError `ERR_STATE` if it is not a file, is above 1 MiB
 *   (https://docs.github.com/rest/repos/contents), or is not UTF-8
 */
export async function readFileAt(client: GithubClient, path: string, commit: string): Promise<string | null> {
  try {
    const call = { what: `show the file ${path}`, needs: 'contents: read' };
    const { data } = await client.call(call, (octokit, repo) =>
      octokit.rest.repos.getContent({ ...repo, path, ref: commit }),
    );
    if (Array.isArray(data) || data.type !== 'file') throw unusable(path, 'is not a file');
    const bytes = Buffer.from(data.content, 'base64');
    if (data.encoding !== 'base64' || bytes.length !== data.size)
      throw unusable(path, 'is too large for GitHub to show');
    if (!isUtf8(bytes)) throw unusable(path, 'is not UTF-8');
    return bytes.toString();
  } catch (error) {
    if (hasCode(error, 'ERR_NOT_FOUND')) return null;
    throw error;
  }
}

function unusable(path: string, why: string): RearviewError {
  return new RearviewError('ERR_STATE', `${path} ${why}: change it manually.`);
}
