import { parseMarker } from '../../domain/pull-requests/comment-marker.ts';
import type { FoundComment } from '../../ports/code-host.ts';
import type { GithubClient } from './github-client.ts';
import { ownLogin } from './own-login.ts';

/**
 * Lists Rearview's comments of a kind in the whole repository, oldest first: those with the marker,
 * by the login of the token. Needs `pull-requests: read`.
 * @param since changed at or after then; ISO 8601
 * @throws RearviewError as `GithubClient`
 */
export async function listComments(
  client: GithubClient,
  { kind, since }: { readonly kind: string; readonly since: string },
): Promise<readonly FoundComment[]> {
  const call = { what: 'list the comments of the repository', needs: 'pull-requests: read' };
  const all = await client.call(call, (octokit, repo) =>
    octokit.paginate(octokit.rest.issues.listCommentsForRepo, { ...repo, since, per_page: 100 }),
  );
  const marked = all.flatMap((each) => {
    const body = each.body ?? '';
    const marker = parseMarker(body);
    const [, number] = /\/issues\/(\d+)$/.exec(each.issue_url) ?? [];
    if (marker?.kind !== kind || number === undefined) return [];
    const { id, html_url: url, created_at: createdAt, updated_at: updatedAt } = each;
    const comment = { id, pull: Number(number), url, body, values: marker.values, createdAt, updatedAt };
    return [{ author: each.user?.login, comment }];
  });
  if (marked.length === 0) return [];
  const login = await ownLogin(client);
  return marked.flatMap(({ author, comment }) => (author === login ? [comment] : [])).sort((a, b) => a.id - b.id);
}
