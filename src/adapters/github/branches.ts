import { hasCode } from '../../domain/errors.ts';
import type { BranchChange, BranchTip } from '../../ports/code-host.ts';
import type { GithubClient } from './github-client.ts';
import { isAnswerLost } from './github-errors.ts';

const [read, write] = ['contents: read', 'contents: write'];
const maxTries = 4;
/** Files and bytes of one request for a tree. */
const maxFilesPerRequest = 200;
const maxBytesPerRequest = 4 * 1024 * 1024;

/** The branch that pull requests go to. Needs no more than any token has. */
export async function defaultBranch(client: GithubClient): Promise<string> {
  const call = { what: 'show the repository', needs: null };
  const { data } = await client.call(call, (octokit, repo) => octokit.rest.repos.get(repo));
  return data.default_branch;
}

/** The latest commit of a branch; null if there is no such branch. Needs `contents: read`. */
export async function branchTip(client: GithubClient, branch: string): Promise<BranchTip | null> {
  try {
    const call = { what: `show the branch ${branch}`, needs: read };
    const { data } = await client.call(call, (octokit, repo) =>
      octokit.rest.git.getRef({ ...repo, ref: `heads/${branch}` }),
    );
    return await readCommit(client, data.object.sha);
  } catch (error) {
    if (hasCode(error, 'ERR_NOT_FOUND')) return null;
    throw error;
  }
}

/** A commit by its SHA. Needs `contents: read`. */
export async function readCommit(client: GithubClient, sha: string): Promise<BranchTip> {
  const { data } = await client.call({ what: `show the commit ${sha}`, needs: read }, (octokit, repo) =>
    octokit.rest.git.getCommit({ ...repo, commit_sha: sha }),
  );
  return {
    ...{ sha, tree: data.tree.sha, message: data.message, parents: data.parents.map((parent) => parent.sha) },
    isByHost: data.committer.name === hostName && data.verification.verified,
  };
}

/** The committer of what is done on the pages of GitHub, which signs it. */
const hostName = 'GitHub';

/**
 * Puts files on a separate branch: one commit on `base`. A branch that already has exactly these
 * files and otherwise those of `base` is left unchanged; any other is moved. Needs
 * `contents: write`.
 */
export async function putBranch(client: GithubClient, change: BranchChange): Promise<void> {
  const { branch, base, message } = change;
  const tree = await createTree(client, change);
  for (let tries = 0; ; tries += 1) {
    const tip = await branchTip(client, branch);
    if (tip?.tree === tree) return;
    try {
      const commit = await post(client, { what: 'write a commit', needs: write }, (octokit, repo) =>
        octokit.rest.git.createCommit({ ...repo, message, tree, parents: [base.sha] }),
      );
      const { sha } = commit.data;
      const call = { what: `write the branch ${branch}`, needs: write };
      await client.call(call, async (octokit, repo) => {
        if (tip === null) await octokit.rest.git.createRef({ ...repo, ref: `refs/heads/${branch}`, sha });
        else await octokit.rest.git.updateRef({ ...repo, ref: `heads/${branch}`, sha, force: true });
      });
      return;
    } catch (error) {
      // It may exist anyway, which the next lookup shows.
      if (!isAnswerLost(error) || tries + 1 >= maxTries) throw error;
      await client.pause(tries);
    }
  }
}

async function createTree(
  client: GithubClient,
  { base, files }: Pick<BranchChange, 'base' | 'files'>,
): Promise<string> {
  let tree = base.tree;
  for (const some of inRequests([...files])) {
    const entries: Awaited<ReturnType<typeof entryOf>>[] = [];
    for (const file of some) entries.push(await entryOf(client, file));
    const { data } = await post(client, { what: 'write the files of a commit', needs: write }, (octokit, repo) =>
      octokit.rest.git.createTree({ ...repo, base_tree: tree, tree: entries }),
    );
    tree = data.sha;
  }
  return tree;
}

type ChangedFile = readonly [string, string | Uint8Array | null];

async function entryOf(client: GithubClient, [path, given]: ChangedFile) {
  const entry = { path, mode: '100644', type: 'blob' } as const;
  if (given === null) return { ...entry, sha: null };
  const content = typeof given === 'string' ? given : textOf(given);
  if (content !== null) return { ...entry, content };
  return { ...entry, sha: await createBlob(client, Buffer.from(given)) };
}

/** Parts that one request takes: GitHub ends a request that takes long. */
function inRequests(files: readonly ChangedFile[]): readonly (readonly ChangedFile[])[] {
  const parts: ChangedFile[][] = [];
  let bytes = 0;
  for (const file of files) {
    const size = file[1]?.length ?? 0;
    const last = parts.at(-1);
    if (last === undefined || last.length >= maxFilesPerRequest || bytes + size > maxBytesPerRequest) {
      parts.push([file]);
      bytes = size;
    } else {
      last.push(file);
      bytes += size;
    }
  }
  return parts;
}

/** The text of bytes, if they are exactly that; null if only a blob can hold them. */
function textOf(bytes: Uint8Array): string | null {
  const text = Buffer.from(bytes).toString();
  return Buffer.from(text).equals(bytes) ? text : null;
}

async function createBlob(client: GithubClient, bytes: Uint8Array): Promise<string> {
  const content = Buffer.from(bytes).toString('base64');
  const { data } = await post(client, { what: 'write a file', needs: write }, (octokit, repo) =>
    octokit.rest.git.createBlob({ ...repo, content, encoding: 'base64' }),
  );
  return data.sha;
}

/**
 * Sends a POST identified by its content, and repeats it if the response is lost: twice is the same
 * as once.
 */
async function post<T>(client: GithubClient, ...request: Parameters<typeof client.call<T>>): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await client.call(...request);
    } catch (error) {
      if (!isAnswerLost(error) || tries + 1 >= maxTries) throw error;
      await client.pause(tries);
    }
  }
}
