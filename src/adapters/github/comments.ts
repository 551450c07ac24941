import { hasCode } from '../../domain/errors.ts';
import { type CommentMarker, formatMarker, parseMarker } from '../../domain/pull-requests/comment-marker.ts';
import { isSameMarkdown } from '../../domain/pull-requests/pull.ts';
import type { CommentRequest, PostedComment } from '../../ports/code-host.ts';
import type { GithubClient } from './github-client.ts';
import { isAnswerLost } from './github-errors.ts';
import { ownLogin } from './own-login.ts';

/** Maximum characters in a comment. */
export const maxCommentLength = 65_536;

interface OwnComment {
  readonly id: number;
  readonly url: string;
  readonly body: string;
  readonly values: CommentMarker['values'];
}

const maxTries = 4;

/**
 * Puts the comment of a kind on a pull request: replaces the existing one, or creates one. The
 * existing comment starts with the marker *and* was written by the login of the token; comments of
 * others are never changed. If two runs left several, the first stays. Needs
 * `pull-requests: write`.
 * @throws RearviewError as `GithubClient`
 */
export async function upsertComment(client: GithubClient, request: CommentRequest): Promise<PostedComment> {
  const body = `${formatMarker(request.marker)}\n${request.body}`;
  if (body.length > maxCommentLength) throw new RangeError(`A comment of ${body.length} characters is too long.`);
  for (let tries = 0; ; tries += 1) {
    const [first, ...others] = await findOwn(client, request.pull, request.marker.kind);
    for (const { id } of others) await deleteComment(client, id);
    try {
      if (first === undefined) return await create(client, request.pull, body);
      if (request.mayReplace?.(first.values) === false) return { outcome: 'left', id: first.id, url: first.url };
      if (isSameMarkdown(first.body, body)) return { outcome: 'unchanged', id: first.id, url: first.url };
      return await update(client, first.id, body);
    } catch (error) {
      // Another user deleted it meanwhile; or GitHub failed, perhaps after creating the comment. A
      // lookup shows.
      const isWorthAnother = isAnswerLost(error) || (hasCode(error, 'ERR_NOT_FOUND') && first !== undefined);
      if (!isWorthAnother || tries + 1 >= maxTries) throw error;
      await client.pause(tries);
    }
  }
}

/**
 * Returns whether a comment of a kind is on a pull request. Needs `pull-requests: write`, because
 * callers intend to change it.
 */
export async function hasComment(client: GithubClient, pull: number, kind: string): Promise<boolean> {
  return (await findOwn(client, pull, kind)).length > 0;
}

async function findOwn(client: GithubClient, pull: number, kind: string): Promise<readonly OwnComment[]> {
  const call = { what: `list the comments on #${pull}`, needs: 'pull-requests: write' };
  const all = await client.call(call, (octokit, repo) =>
    octokit.paginate(octokit.rest.issues.listComments, { ...repo, issue_number: pull, per_page: 100 }),
  );
  const marked = all.flatMap(({ id, html_url: url, body = '', user }) => {
    const marker = parseMarker(body);
    return marker?.kind === kind ? [{ id, url, body, values: marker.values, author: user?.login }] : [];
  });
  if (marked.length === 0) return [];
  const login = await ownLogin(client);
  return marked.filter(({ author }) => author === login).sort((a, b) => a.id - b.id);
}

async function create(client: GithubClient, pull: number, body: string): Promise<PostedComment> {
  const call = { what: `comment on #${pull}`, needs: 'pull-requests: write' };
  const { data } = await client.call(call, (octokit, repo) =>
    octokit.rest.issues.createComment({ ...repo, issue_number: pull, body }),
  );
  return { outcome: 'created', id: data.id, url: data.html_url };
}

async function update(client: GithubClient, id: number, body: string): Promise<PostedComment> {
  const call = { what: `change comment ${id}`, needs: 'pull-requests: write' };
  const { data } = await client.call(call, (octokit, repo) =>
    octokit.rest.issues.updateComment({ ...repo, comment_id: id, body }),
  );
  return { outcome: 'updated', id: data.id, url: data.html_url };
}

async function deleteComment(client: GithubClient, id: number): Promise<void> {
  const call = { what: `delete comment ${id}`, needs: 'pull-requests: write' };
  try {
    await client.call(call, (octokit, repo) => octokit.rest.issues.deleteComment({ ...repo, comment_id: id }));
  } catch (error) {
    if (!hasCode(error, 'ERR_NOT_FOUND')) throw error;
  }
}
