import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { messageOf, RearviewError } from '../../domain/errors.ts';
import { safeJson } from '../../domain/text/safe-json.ts';
import { type ListedEntry, readBatch, readListing } from '../../files/git/git-listing.ts';
import { type GitContext, runGit } from '../../files/git/run-git.ts';

/** Limit of a rules folder, far above any that the engine could compile. */
const maxFiles = 50_000;
const maxTotalBytes = 256 * 1024 * 1024;

/** A folder as it is in a commit. */
export interface GitFolder {
  /** Any folder of the repository. */
  readonly cwd: string;
  /** Full name of the commit. */
  readonly commit: string;
  /**
   * From the top of the repository, with `/`, without one at its end; empty: the whole repository.
   */
  readonly path: string;
  /** Name in messages. */
  readonly label: string;
}

const linkMode = '120000';
const fileModes: ReadonlySet<string> = new Set(['100644', '100755', '100664', linkMode]);

/**
 * Writes the files of a folder of a commit to another folder, exactly as stored. Symbolic links are
 * written after all files, so nothing is ever written through one. Submodules are left out. A
 * folder that the commit does not have has no files.
 * @param target exists and is empty
 * @throws RearviewError `ERR_CONFIG` where it is not a folder, is larger than any rules folder, or
 * cannot be copied
 */
export async function extractGitFolder(context: GitContext, folder: GitFolder, target: string): Promise<void> {
  const tree = await findTree(context, folder);
  if (tree === null) return;
  const listing = await git(context, folder, ['ls-tree', '-r', '-z', '-l', '--full-tree', tree]);
  const entries = readListing(listing).filter(({ mode }) => fileModes.has(mode));
  const bytes = entries.reduce((sum, each) => sum + each.bytes, 0);
  if (entries.length > maxFiles || bytes > maxTotalBytes) {
    throw refusal(
      folder,
      `holds ${entries.length} files with ${bytes} bytes, too many for a rules folder: check --rules`,
    );
  }
  const contents = await readBlobs(context, folder, entries);
  const all = entries.map((entry, index) => ({ ...entry, content: contents[index] ?? Buffer.alloc(0) }));
  const isLink = ({ mode }: ListedEntry) => mode === linkMode;
  try {
    for (const { name, content } of all.filter((each) => !isLink(each))) {
      await writeFile(await placeOf(target, name), content, { flag: 'wx' });
    }
    for (const { name, content } of all.filter(isLink)) await symlink(content, await placeOf(target, name));
  } catch (cause) {
    throw refusal(folder, `cannot be copied: ${messageOf(cause)}`, cause);
  }
}

/** The name of the tree; null where the commit has nothing of that name. */
async function findTree(context: GitContext, folder: GitFolder): Promise<string | null> {
  if (folder.path === '') return folder.commit;
  const found = readListing(
    await git(context, folder, ['ls-tree', '-z', '-l', '--full-tree', folder.commit, '--', folder.path]),
  )[0];
  if (found === undefined) return null;
  if (found.mode !== '040000') throw refusal(folder, 'is not a folder');
  return found.oid;
}

async function readBlobs(context: GitContext, folder: GitFolder, entries: readonly ListedEntry[]): Promise<Buffer[]> {
  const oids = entries.map(({ oid }) => oid);
  const output = await git(context, folder, ['cat-file', '--batch'], oids.map((oid) => `${oid}\n`).join(''));
  return readBatch(output, oids).map((content, index) => {
    // The objects of a shallow or partial clone may be incomplete.
    if (content === null) throw refusal(folder, `does not have the object ${oids[index]}: fetch it`);
    return content;
  });
}

/** Makes the folders above. A tree that was not made by git may have names that lead elsewhere. */
async function placeOf(target: string, name: Buffer): Promise<Buffer> {
  const parts = name.toString('latin1').split(process.platform === 'win32' ? /[/\\:]/ : '/');
  if (parts.some((each) => each === '' || each === '.' || each === '..')) {
    throw new Error(`the name ${safeJson(name.toString())} leads elsewhere`);
  }
  const place = Buffer.concat([Buffer.from(`${target}/`), name]);
  await mkdir(place.subarray(0, place.lastIndexOf('/')), { recursive: true });
  return place;
}

async function git(context: GitContext, folder: GitFolder, args: readonly string[], input?: string): Promise<Buffer> {
  const { code, stdout, complaint } = await runGit(context, folder.cwd, args, input === undefined ? {} : { input });
  if (code !== 0) throw refusal(folder, `cannot be read: git ${args[0]} ended with ${code}: ${complaint}`);
  return stdout;
}

function refusal({ label }: GitFolder, what: string, cause?: unknown): RearviewError {
  return new RearviewError('ERR_CONFIG', `--base: ${label} ${what}.`, cause === undefined ? {} : { cause });
}
