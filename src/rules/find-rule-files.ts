import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, RearviewError } from '../domain/errors.ts';
import type { Diagnostic } from '../domain/rulesets/diagnostic.ts';
import { isInside } from '../files/inside-folder.ts';
import { codeOf, reasonOf } from '../files/system-error.ts';

const extension = /\.yara?$/i;

/** A rule file in a folder. */
export interface FoundRuleFile {
  /** Relative to the folder, with `/`. */
  readonly path: string;
  /** Absolute, without symbolic links. */
  readonly realPath: string;
}

/** A file or folder that looks like rules and is ignored. */
export interface LeftOut {
  /** Relative to the rules folder, with `/`. */
  readonly file: string;
  /** Without a period at the end. */
  readonly why: string;
}

/** The content of a folder. */
export interface FoundRuleFiles {
  /** Sorted by path, by code unit. */
  readonly files: readonly FoundRuleFile[];
  /** Sorted by path. */
  readonly leftOut: readonly LeftOut[];
  readonly problems: readonly Diagnostic[];
}

const dotted = 'its name starts with a dot';

/**
 * Finds the rule files below a folder: regular files with the extension `.yar` or `.yara`, in any
 * case.
 *
 * - Names that start with a dot are ignored, for files and folders: they are left by version
 *   control, snapshots, editors and archives.
 * - A symbolic link is followed to a file inside the folder, and its name is ignored only for its
 *   own folder. Links out of the folder and links to folders (which may be circular) are problems.
 * - A file with several names counts once: under its own name, otherwise under the first of its
 *   links.
 *
 * @throws RearviewError `ERR_CONFIG` if the folder cannot be listed
 */
export async function findRuleFiles(rulesDir: string): Promise<FoundRuleFiles> {
  const problems: Diagnostic[] = [];
  const leftOut: LeftOut[] = [];
  const root = await realpath(rulesDir).catch((cause: unknown) => {
    throw new RearviewError('ERR_CONFIG', `Cannot open the rules folder ${rulesDir}: ${reasonOf(cause)}`, {
      cause,
    });
  });
  const report = (code: string, file: string, message: string) =>
    problems.push({ severity: 'error', code, message, file, line: 0, column: 0 });

  const list = async (folder: string): Promise<FoundRuleFile[]> => {
    const entries = await readdir(join(root, folder), { withFileTypes: true });
    const found = await Promise.all(
      entries.map(async (entry): Promise<FoundRuleFile[]> => {
        const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
        if (entry.name.startsWith('.')) {
          if (await looksLikeRules(entry, join(root, path))) leftOut.push({ file: path, why: dotted });
          return [];
        }
        if (entry.isDirectory()) return listOrReport(path);
        if (entry.isSymbolicLink()) return followLink(path);
        if (!extension.test(path)) return [];
        if (entry.isFile()) return [{ path, realPath: join(root, path) }];
        report('load/unreadable', path, 'not a regular file');
        return [];
      }),
    );
    return found.flat();
  };

  const listOrReport = async (folder: string): Promise<FoundRuleFile[]> => {
    try {
      return await list(folder);
    } catch (error) {
      report('load/unreadable', folder, `cannot read the folder: ${messageOf(error)}`);
      return [];
    }
  };

  const followLink = async (path: string): Promise<FoundRuleFile[]> => {
    const named = extension.test(path);
    try {
      const realPath = await realpath(join(root, path));
      const stats = await stat(realPath);
      if (stats.isFile() && !named) return [];
      if (stats.isFile() && isInside(root, realPath)) return [{ path, realPath }];
      const where = stats.isFile() ? 'out of the rules folder' : 'to a folder';
      report('load/symlink', path, `a symbolic link ${where} is not followed: put copies of the files here`);
    } catch (error) {
      if (named) report('load/symlink', path, `the symbolic link leads nowhere: ${messageOf(error)}`);
    }
    return [];
  };

  const found = await list('').catch((cause: unknown) => {
    if (codeOf(cause) === 'ENOTDIR') {
      throw new RearviewError('ERR_CONFIG', `The rules folder ${rulesDir} is a file: name the folder that holds it.`);
    }
    throw new RearviewError('ERR_CONFIG', `Cannot read the rules folder ${rulesDir}: ${reasonOf(cause)}`, {
      cause,
    });
  });
  const { files, others } = oneNameEach(root, found);
  return { files, leftOut: [...leftOut, ...others].sort((a, b) => byCodeUnit(a.file, b.file)), problems };
}

/**
 * Returns what is ignored because of its name: folders, links to folders, and files with the
 * extension of rule files.
 */
async function looksLikeRules(entry: Dirent, path: string): Promise<boolean> {
  if (entry.isDirectory() || extension.test(entry.name)) return true;
  if (!entry.isSymbolicLink()) return false;
  const stats = await stat(path).catch(() => null);
  return stats?.isDirectory() ?? false;
}

function oneNameEach(
  root: string,
  found: readonly FoundRuleFile[],
): { readonly files: readonly FoundRuleFile[]; readonly others: readonly LeftOut[] } {
  const names = Map.groupBy(
    found.toSorted((a, b) => byCodeUnit(a.path, b.path)),
    ({ realPath }) => realPath,
  );
  const files: FoundRuleFile[] = [];
  const others: LeftOut[] = [];
  for (const [realPath, each] of names) {
    const chosen = each.find(({ path }) => join(root, path) === realPath) ?? each[0];
    if (chosen === undefined) continue;
    files.push(chosen);
    const rest = each.filter((name) => name !== chosen);
    others.push(...rest.map(({ path }) => ({ file: path, why: `it is the same file as ${chosen.path}` })));
  }
  return { files: files.sort((a, b) => byCodeUnit(a.path, b.path)), others };
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
