import { createHash } from 'node:crypto';
import type { GithubState } from './github-state.ts';

/** Contents by path. */
export type StoredTree = Readonly<Record<string, string>>;

export interface StoredCommit {
  readonly tree: string;
  readonly parents: readonly string[];
  readonly message: string;
  /** True for commits that GitHub made on its pages, and signed. Default: false. */
  readonly isByGithub?: boolean;
}

/** The Git data of the repository. */
export interface GitStore {
  /** SHA of the latest commit, by branch. */
  readonly branches: Map<string, string>;
  readonly commits: Map<string, StoredCommit>;
  readonly trees: Map<string, StoredTree>;
  /** Contents that were stored by themselves, by SHA. */
  readonly blobs: Map<string, string>;
  defaultBranch: string;
}

export function gitOf(state: GithubState): GitStore {
  return state.more('git', () => ({
    branches: new Map(),
    commits: new Map(),
    trees: new Map(),
    blobs: new Map(),
    defaultBranch: 'main',
  }));
}

/** Returns a name that depends only on the content, like a SHA of Git. */
export function shaOf(content: unknown): string {
  return createHash('sha1').update(JSON.stringify(content)).digest('hex');
}

export function storeTree({ trees }: GitStore, files: StoredTree): string {
  const sorted = Object.fromEntries(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1)));
  const sha = shaOf(sorted);
  trees.set(sha, sorted);
  return sha;
}

export function storeCommit({ commits }: GitStore, commit: StoredCommit): string {
  const sha = shaOf(commit);
  commits.set(sha, commit);
  return sha;
}

/** The files of a commit, or of the latest commit of a branch. */
export function filesAt(git: GitStore, of: string): StoredTree | undefined {
  const commit = git.commits.get(git.branches.get(of) ?? of);
  return commit === undefined ? undefined : git.trees.get(commit.tree);
}

/** Commits files to a branch, like a push. Afterwards the branch has these files and no others. */
export function pushFiles(state: GithubState, files: StoredTree, branch?: string): string {
  const git = gitOf(state);
  const name = branch ?? git.defaultBranch;
  const parent = git.branches.get(name);
  const parents = parent === undefined ? [] : [parent];
  const sha = storeCommit(git, { tree: storeTree(git, files), parents, message: `push ${state.nextId()}` });
  git.branches.set(name, sha);
  return sha;
}

/** Merges the default branch into another, as the button "Update branch" does. */
export function updateBranch(state: GithubState, branch: string, { isByGithub = true } = {}): string {
  const git = gitOf(state);
  const [tip, base] = [git.branches.get(branch) ?? '', git.branches.get(git.defaultBranch) ?? ''];
  const before = filesAt(git, git.commits.get(tip)?.parents[0] ?? '') ?? {};
  const changes = Object.entries(filesAt(git, tip) ?? {}).filter(([path, content]) => before[path] !== content);
  const tree = storeTree(git, { ...filesAt(git, base), ...Object.fromEntries(changes) });
  const message = `Merge branch '${git.defaultBranch}' into ${branch}`;
  const sha = storeCommit(git, { tree, parents: [tip, base], message, isByGithub });
  git.branches.set(branch, sha);
  return sha;
}
