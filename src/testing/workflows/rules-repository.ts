import { cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ExecutionContext } from 'ava';
import { tempFolder } from '../temp-folder.ts';
import { git } from './git.ts';
import type { WorkflowEvent } from './runner.ts';

const project = fileURLToPath(new URL('../../../', import.meta.url));

export type Files = Readonly<Record<string, string | null>>;

export interface PullRequest {
  readonly number: number;
  readonly headSha: string;
  readonly branch: string;
  readonly event: WorkflowEvent;
}

/** A repository of rules at GitHub, as far as git goes: the program of this project, and rules of a test. */
export interface RulesRepository {
  /** Where it lies. */
  readonly dir: string;
  /** `owner/name`. */
  readonly name: string;
  /** The tip of the main branch. */
  tip(): Promise<string>;
  /** Commits to the main branch. A file that is null is removed. */
  push(files: Files): Promise<WorkflowEvent>;
  /** Opens a pull request from the tip of the main branch, or renews it, with the merge of both that GitHub makes. */
  propose(branch: string, files: Files, options?: { readonly fork?: string }): Promise<PullRequest>;
  /** Merges it; answers the event of the push. */
  merge(pull: PullRequest): Promise<WorkflowEvent>;
}

/** Makes one with these files on its main branch. */
export async function createRulesRepository(t: ExecutionContext, files: Files): Promise<RulesRepository> {
  const name = 'example/rules';
  const dir = join(tempFolder(t), 'remote');
  mkdirSync(dir);
  await git(dir, 'init', '--quiet', '--initial-branch=main');
  for (const each of ['package.json', 'package-lock.json']) cpSync(join(project, each), join(dir, each));
  symlinkSync(join(project, 'src'), join(dir, 'src'));
  let pulls = 0;

  const commit = async (changes: Files, message: string) => {
    for (const [file, content] of Object.entries(changes)) {
      rmSync(join(dir, file), { force: true });
      if (content === null) continue;
      mkdirSync(dirname(join(dir, file)), { recursive: true });
      writeFileSync(join(dir, file), content);
    }
    await git(dir, 'add', '--all');
    await git(dir, 'commit', '--quiet', '--allow-empty', '--message', message);
    return git(dir, 'rev-parse', 'HEAD');
  };
  const pushed = async (before: string): Promise<WorkflowEvent> => {
    const sha = await git(dir, 'rev-parse', 'main');
    return {
      name: 'push',
      ref: 'refs/heads/main',
      sha,
      actor: 'author',
      payload: { ref: 'refs/heads/main', before, after: sha },
    };
  };
  await commit(files, 'Begin');

  return {
    dir,
    name,
    tip: () => git(dir, 'rev-parse', 'main'),
    async push(changes) {
      const before = await git(dir, 'rev-parse', 'main');
      await commit(changes, 'Change');
      return pushed(before);
    },
    async propose(branch, changes, { fork = name } = {}) {
      pulls += 1;
      const number = pulls;
      const base = await git(dir, 'rev-parse', 'main');
      await git(dir, 'checkout', '--quiet', '-b', branch);
      const headSha = await commit(changes, `Propose ${branch}`);
      await git(dir, 'checkout', '--quiet', 'main');
      const tree = await git(dir, 'merge-tree', '--write-tree', base, headSha);
      const sha = await git(dir, 'commit-tree', tree, '-p', base, '-p', headSha, '-m', `Merge ${headSha} into ${base}`);
      await git(dir, 'update-ref', `refs/pull/${number}/merge`, sha);
      const side = (full_name: string, ref: string, at: string) => ({ repo: { full_name }, ref, sha: at });
      const pull_request = { number, head: side(fork, branch, headSha), base: side(name, 'main', base) };
      const payload = {
        action: 'opened',
        number,
        pull_request,
        repository: { full_name: name, default_branch: 'main' },
      };
      const event = { name: 'pull_request', ref: `refs/pull/${number}/merge`, sha, actor: 'author', payload };
      return { number, headSha, branch, event };
    },
    async merge({ branch, number }) {
      const before = await git(dir, 'rev-parse', 'main');
      await git(dir, 'merge', '--quiet', '--no-ff', '--message', `Merge pull request #${number}`, branch);
      return pushed(before);
    },
  };
}
