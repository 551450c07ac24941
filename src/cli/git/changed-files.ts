import { createHash } from 'node:crypto';
import { lstat, readdir, readFile, realpath } from 'node:fs/promises';
import path from 'node:path';
import { RearviewError } from '../../domain/errors.ts';
import { type GitContext, runGit } from '../../files/git/run-git.ts';
import { codeOf } from '../../files/system-error.ts';

/**
 * Returns the files that differ from the latest commit, as bytes, by path from the top of the
 * repository; null for those that are gone. Neither the index nor `.gitignore` plays a part. Names
 * that begin with a dot are left out.
 * @param places files and folders, absolute; they may be missing
 * @throws RearviewError `ERR_USAGE` outside of a repository, or without a commit
 */
export async function changedFiles(
  context: GitContext,
  cwd: string,
  places: readonly string[],
): Promise<ReadonlyMap<string, Uint8Array | null>> {
  const top = await topOf(context, cwd);
  const real = await realpath(cwd);
  const changed = new Map<string, Uint8Array | null>();
  for (const place of places) {
    const below = path
      .relative(top, path.resolve(real, path.relative(cwd, place)))
      .split(path.sep)
      .join('/');
    const committed = await committedFiles(context, top, below);
    for await (const file of filesIn(top, below)) {
      const bytes = await readFile(path.join(top, file));
      const known = committed.get(file);
      committed.delete(file);
      if (known === undefined || known !== blobHash(bytes, known.length)) changed.set(file, bytes);
    }
    for (const file of committed.keys()) changed.set(file, null);
  }
  return changed;
}

/** The text of a file in the latest commit; empty if it does not have it. */
export async function committedText(context: GitContext, cwd: string, file: string): Promise<string> {
  const name = path.relative(cwd, file).split(path.sep).join('/');
  const { code, stdout } = await runGit(context, cwd, ['cat-file', 'blob', `HEAD:./${name}`]);
  return code === 0 ? stdout.toString() : '';
}

async function topOf(context: GitContext, cwd: string): Promise<string> {
  const { code, stdout, complaint } = await runGit(context, cwd, ['rev-parse', '--show-toplevel']);
  if (code === 0) return realpath(stdout.toString().replace(/\n$/, ''));
  throw new RearviewError('ERR_USAGE', `${cwd} is not in a readable Git repository (${complaint}).`);
}

/** Hashes of blobs by path from the top. */
async function committedFiles(context: GitContext, top: string, below: string): Promise<Map<string, string>> {
  const args = ['ls-tree', '-r', '-z', '--full-tree', 'HEAD', '--', below];
  const { code, stdout, complaint } = await runGit(context, top, args);
  if (code !== 0) throw new RearviewError('ERR_USAGE', `${top} has no commit to compare with (${complaint}).`);
  const entries = stdout.toString().split('\0');
  return new Map(
    entries.flatMap((entry): readonly [string, string][] => {
      const [, hash, file] = /^\d+ blob ([0-9a-f]+)\t([\s\S]+)$/.exec(entry) ?? [];
      return hash === undefined || file === undefined ? [] : [[file, hash]];
    }),
  );
}

/** Regular files only: `rules sync` writes no others. */
async function* filesIn(top: string, below: string): AsyncGenerator<string> {
  const stats = await lstat(path.join(top, below)).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  });
  if (stats?.isFile()) yield below;
  if (!stats?.isDirectory()) return;
  for (const name of await readdir(path.join(top, below))) {
    if (!name.startsWith('.')) yield* filesIn(top, `${below}/${name}`);
  }
}

/** @param length of the hexadecimal text, which shows the algorithm of the repository */
function blobHash(bytes: Uint8Array, length: number): string {
  const hash = createHash(length === 40 ? 'sha1' : 'sha256');
  return hash.update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}
