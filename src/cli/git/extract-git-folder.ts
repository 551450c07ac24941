import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { messageOf, RearviewError } from '../../domain/errors.ts';
import { safeJson } from '../../domain/text/safe-json.ts';
import type { CliContext } from '../context.ts';
import { runGit } from './run-git.ts';

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

interface Entry {
  readonly mode: string;
  readonly oid: string;
  readonly bytes: number;
  /** Below the folder; Git does not define its encoding. */
  readonly name: Buffer;
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
export async function extractGitFolder(
  context: Pick<CliContext, 'env' | 'signal'>,
  folder: GitFolder,
  target: string,
): Promise<void> {
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
  const isLink = ({ mode }: Entry) => mode === linkMode;
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
async function findTree(context: Pick<CliContext, 'env' | 'signal'>, folder: GitFolder): Promise<string | null> {
  if (folder.path === '') return folder.commit;
  const found = readListing(
    await git(context, folder, ['ls-tree', '-z', '-l', '--full-tree', folder.commit, '--', folder.path]),
  )[0];
  if (found === undefined) return null;
  if (found.mode !== '040000') throw refusal(folder, 'is not a folder');
  return found.oid;
}

/**
 * `<mode> <type> <oid> <size, padded>\t<name>\0`, see
 * https://git-scm.com/docs/git-ls-tree#_output_format.
 */
function readListing(listing: Buffer): Entry[] {
  const entries: Entry[] = [];
  for (let at = 0; at < listing.length; ) {
    const tab = listing.indexOf('\t', at);
    const end = listing.indexOf(0, tab);
    const [mode = '', , oid = '', size = ''] = listing.toString('latin1', at, tab).split(/ +/);
    entries.push({ mode, oid, bytes: Number(size) || 0, name: listing.subarray(tab + 1, end) });
    at = end + 1;
  }
  return entries;
}

/**
 * `<oid> <type> <size>\n<content>\n` for each, see
 * https://git-scm.com/docs/git-cat-file#_batch_output.
 */
async function readBlobs(
  context: Pick<CliContext, 'env' | 'signal'>,
  folder: GitFolder,
  entries: readonly Entry[],
): Promise<Buffer[]> {
  const output = await git(context, folder, ['cat-file', '--batch'], entries.map(({ oid }) => `${oid}\n`).join(''));
  const contents: Buffer[] = [];
  let at = 0;
  for (const { oid } of entries) {
    const end = output.indexOf('\n', at);
    const [name, type, size] = output.toString('latin1', at, end).split(' ');
    // The objects of a shallow or partial clone may be incomplete.
    if (end < 0 || name !== oid || type !== 'blob') throw refusal(folder, `does not have the object ${oid}: fetch it`);
    const start = end + 1;
    at = start + Number(size) + 1;
    contents.push(output.subarray(start, at - 1));
  }
  return contents;
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

async function git(
  context: Pick<CliContext, 'env' | 'signal'>,
  folder: GitFolder,
  args: readonly string[],
  input?: string,
): Promise<Buffer> {
  const { code, stdout, complaint } = await runGit(context, folder.cwd, args, input);
  if (code !== 0) throw refusal(folder, `cannot be read: git ${args[0]} ended with ${code}: ${complaint}`);
  return stdout;
}

function refusal({ label }: GitFolder, what: string, cause?: unknown): RearviewError {
  return new RearviewError('ERR_CONFIG', `--base: ${label} ${what}.`, cause === undefined ? {} : { cause });
}
