import { cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createGitRepository } from '../cli/git-repository.ts';
import type { Teardown } from '../teardown.ts';
import { tempFolder } from '../temp-folder.ts';
import type { WorkflowEvent } from './runner.ts';

const project = fileURLToPath(new URL('../../../', import.meta.url));

export type Files = Readonly<Record<string, string | Uint8Array | null>>;

export interface PullRequest {
  readonly number: number;
  readonly headSha: string;
  readonly branch: string;
  /** `owner/name` of the repository that has the branch. */
  readonly fork: string;
  /** Paths that it changes. */
  readonly files: readonly string[];
  readonly event: WorkflowEvent;
}

/**
 * The git side of a rules repository at GitHub: the program of this project and the rules of a test.
 */
export interface RulesRepository {
  /** Its folder. */
  readonly dir: string;
  /** `owner/name`. */
  readonly name: string;
  /** The tip of the main branch. */
  tip(): string;
  /** Commits to the main branch. Null removes a file. */
  push(files: Files): WorkflowEvent;
  /**
   * Opens a pull request from the tip of the main branch, with the merge commit that GitHub creates.
   */
  propose(branch: string, files: Files, options?: { readonly fork?: string }): PullRequest;
  /** Pushes to its branch; returns the updated pull request. */
  renew(pull: PullRequest, files: Files): PullRequest;
  /** Merges it; returns the event of the push. */
  merge(pull: PullRequest): WorkflowEvent;
}

/** Creates a repository with these files on its main branch. */
export function createRulesRepository(t: Teardown, files: Files): RulesRepository {
  const name = 'octo/rules';
  const dir = join(tempFolder(t), 'remote');
  mkdirSync(dir);
  const { git, commit: commitAll } = createGitRepository(dir);
  for (const each of ['package.json', 'package-lock.json']) cpSync(join(project, each), join(dir, each));
  symlinkSync(join(project, 'src'), join(dir, 'src'));
  let pulls = 0;

  const commit = (changes: Files, message: string) => {
    for (const [file, content] of Object.entries(changes)) {
      rmSync(join(dir, file), { force: true });
      if (content === null) continue;
      mkdirSync(dirname(join(dir, file)), { recursive: true });
      writeFileSync(join(dir, file), content);
    }
    return commitAll(message);
  };
  const pushed = (before: string): WorkflowEvent => {
    const sha = git('rev-parse', 'main');
    return {
      name: 'push',
      ref: 'refs/heads/main',
      sha,
      actor: 'author',
      payload: { ref: 'refs/heads/main', before, after: sha },
    };
  };
  const pullOf = (
    { number, branch, fork }: Pick<PullRequest, 'number' | 'branch' | 'fork'>,
    changes: Files,
  ): PullRequest => {
    git('checkout', '--quiet', branch);
    const headSha = commit(changes, `Change ${branch}`);
    const files = git('diff', '--name-only', 'main...HEAD').split('\n');
    git('checkout', '--quiet', 'main');
    const base = git('rev-parse', 'main');
    const tree = git('merge-tree', '--write-tree', base, headSha);
    const sha = git('commit-tree', tree, '-p', base, '-p', headSha, '-m', `Merge ${headSha} into ${base}`);
    git('update-ref', `refs/pull/${number}/merge`, sha);
    const side = (full_name: string, ref: string, at: string) => ({ repo: { full_name }, ref, sha: at });
    const pull_request = { number, head: side(fork, branch, headSha), base: side(name, 'main', base) };
    const payload = {
      action: 'synchronize',
      number,
      pull_request,
      repository: { full_name: name, default_branch: 'main', private: true },
    };
    const event = { name: 'pull_request', ref: `refs/pull/${number}/merge`, sha, actor: 'author', payload };
    return { number, headSha, branch, fork, files, event };
  };
  commit(files, 'Begin');

  return {
    dir,
    name,
    tip: () => git('rev-parse', 'main'),
    push(changes) {
      const before = git('rev-parse', 'main');
      commit(changes, 'Change');
      return pushed(before);
    },
    propose(branch, changes, { fork = name } = {}) {
      pulls += 1;
      git('branch', branch, 'main');
      return pullOf({ number: pulls, branch, fork }, changes);
    },
    renew: pullOf,
    merge({ branch, number }) {
      const before = git('rev-parse', 'main');
      git('merge', '--quiet', '--no-ff', '--message', `Merge pull request #${number}`, branch);
      return pushed(before);
    },
  };
}
