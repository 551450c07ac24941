import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode, RearviewError } from '../../domain/errors.ts';
import { readBatch, readListing } from '../../files/git/git-listing.ts';
import { type GitContext, type GitRun, runGit } from '../../files/git/run-git.ts';
import type {
  FetchedRepository,
  RepositoryVersion,
  RuleRepositories,
  TreeEntry,
} from '../../ports/rule-repositories.ts';

/** Limits, far above those of public packs. */
export interface GitLimits {
  /** Bytes that a repository may have on the disk. Default: 2 GiB. */
  readonly maxRepositoryBytes?: number;
  /** Bytes of the list of its files. Default: 64 MiB, some 500,000 files. */
  readonly maxListingBytes?: number;
}

/** How often the size of what arrives is measured. */
const measureEveryMs = 250;

/**
 * Settings for every call: no hooks, no helpers, no maintenance in the background, no submodules.
 * A bare repository has no working tree, so no filter or link of the fetched tree is ever applied.
 */
const settings = [
  ...['core.hooksPath=/dev/null', 'core.fsmonitor=false', 'core.symlinks=false', 'gc.auto=0', 'maintenance.auto=false'],
  ...['submodule.recurse=false', 'fetch.recurseSubmodules=false', 'fetch.writeCommitGraph=false'],
].flatMap((each) => ['-c', each]);

const kinds: Readonly<Record<string, TreeEntry['kind']>> = { '120000': 'link', '160000': 'submodule' };
const fetched = 'refs/rearview/fetched';

/**
 * Fetches repositories with the program `git`: one commit, into a bare repository, without a
 * checkout. Only HTTPS, SSH and local repositories are read, whatever the configuration of Git says.
 */
export function createGitRepositories(context: GitContext, limits: GitLimits = {}): RuleRepositories {
  const { maxRepositoryBytes = 2 * 1024 ** 3, maxListingBytes = 64 * 1024 ** 2 } = limits;
  return {
    async fetch(version, folder): Promise<FetchedRepository> {
      const isLocal = !/^(?:https|ssh):\/\//.test(version.url) && !/^[\w.-]+@[^/]+:/.test(version.url);
      const more = { GIT_ALLOW_PROTOCOL: isLocal ? 'file' : 'https:ssh' };
      const git = (
        args: readonly string[],
        options: { input?: string; maxBytes?: number } = {},
        signal = context.signal,
      ) => runGit({ ...context, signal }, folder, [...settings, '--git-dir', folder, ...args], { ...options, more });

      const isLong = version.ref?.kind === 'commit' && version.ref.name.length === 64;
      const format = isLong ? ['--object-format=sha256'] : [];
      requireDone(version, await git(['init', '--quiet', '--bare', '--template=', ...format]));
      await withinSize(folder, maxRepositoryBytes, version, context.signal, async (signal) => {
        requireDone(version, await fetchVersion(version, (args) => git(args, {}, signal)));
      });
      const named = version.ref?.kind === 'commit' ? version.ref.name : fetched;
      const { code, stdout } = await git(['rev-parse', '--verify', '--quiet', '--end-of-options', `${named}^{commit}`]);
      const commit = stdout.toString().trim();
      if (code !== 0 || !/^[0-9a-f]{40,64}$/.test(commit)) throw refusal(version, `has no ${nameOf(version)}`);

      const listing = await git(['ls-tree', '-r', '-z', '-l', '--full-tree', commit], {
        maxBytes: maxListingBytes,
      }).catch((cause: unknown) => {
        if (!hasCode(cause, 'ERR_OBJECT_TOO_LARGE')) throw cause;
        throw refusal(version, 'has too many files for a repository of rules', cause);
      });
      const entries = readListing(requireDone(version, listing).stdout).map(
        ({ mode, oid, bytes, name }): TreeEntry => ({
          ...{ path: name.toString(), kind: kinds[mode] ?? 'file', size: bytes, id: oid },
        }),
      );
      return {
        ...{ commit, entries },
        async read(wanted) {
          const ids = wanted.map(({ id }) => id);
          const input = ids.map((id) => `${id}\n`).join('');
          const { stdout: output } = requireDone(version, await git(['cat-file', '--batch'], { input }));
          return readBatch(output, ids).map((content, index) => {
            if (content === null) throw refusal(version, `lacks the content of ${wanted[index]?.path}`);
            return content;
          });
        },
      };
    },
  };
}

type Fetch = (args: readonly string[]) => Promise<GitRun>;

/** Fetches the commit without its history, if the server allows that. */
async function fetchVersion({ url, ref }: RepositoryVersion, git: Fetch): Promise<GitRun> {
  const common = ['fetch', '--quiet', '--no-tags', '--no-recurse-submodules', '--no-write-fetch-head'];
  const source = ref === null ? 'HEAD' : { branch: 'refs/heads/', tag: 'refs/tags/', commit: '' }[ref.kind] + ref.name;
  const run = await git([...common, '--depth=1', '--', url, `+${source}:${fetched}`]);
  if (run.code === 0 || ref?.kind !== 'commit' || !/unadvertised|not allow/i.test(run.complaint)) return run;
  // A server may refuse commits that no branch or tag points to: their history is fetched then.
  return git([...common, '--', url, '+refs/heads/*:refs/rearview/heads/*', '+refs/tags/*:refs/rearview/tags/*']);
}

/** Ends what runs if the folder becomes too large. Git itself has no limit for what it fetches. */
async function withinSize(
  folder: string,
  maxBytes: number,
  version: RepositoryVersion,
  signal: AbortSignal,
  run: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const tooLarge = new AbortController();
  const timer = setInterval(() => {
    void sizeOf(folder).then((bytes) => bytes > maxBytes && tooLarge.abort());
  }, measureEveryMs);
  const refused = () => refusal(version, `is larger than ${maxBytes} bytes, too large for a repository of rules`);
  try {
    await run(AbortSignal.any([signal, tooLarge.signal]));
  } catch (error) {
    if (tooLarge.signal.aborted) throw refused();
    throw error;
  } finally {
    clearInterval(timer);
  }
  if ((await sizeOf(folder)) > maxBytes) throw refused();
}

/** Files come and go while git writes. */
async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const sizes = entries
    .filter((each) => each.isFile())
    .map(async (each) => (await lstat(join(each.parentPath, each.name)).catch(() => null))?.size ?? 0);
  return (await Promise.all(sizes)).reduce((sum, each) => sum + each, 0);
}

/** Complaints of Git about the way, and not about the repository. */
const onTheWay =
  /resolve host|timed out|connection (?:refused|reset|closed)|failed to connect|early eof|hung up|unreachable|error: 5\d\d/i;

function requireDone(version: RepositoryVersion, run: GitRun): GitRun {
  if (run.code === 0) return run;
  if (/couldn't find remote ref|not our ref/i.test(run.complaint)) throw refusal(version, `has no ${nameOf(version)}`);
  const isAway = onTheWay.test(run.complaint);
  const advice = isAway ? 'Try again later.' : 'Check the address and the access to it with git ls-remote.';
  throw new RearviewError(
    isAway ? 'ERR_UNAVAILABLE' : 'ERR_CONFIG',
    `Cannot fetch ${version.url}: ${run.complaint || `git ended with ${run.code}`}. ${advice}`,
    { retryable: isAway },
  );
}

function nameOf({ ref }: RepositoryVersion): string {
  return ref === null ? 'commit on its default branch' : `${ref.kind} ${ref.name}`;
}

function refusal({ url }: RepositoryVersion, what: string, cause?: unknown): RearviewError {
  return new RearviewError('ERR_CONFIG', `${url} ${what}.`, cause === undefined ? {} : { cause });
}
