import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Diagnostic } from '../domain/diagnostic.ts';
import { messageOf, RearviewError } from '../domain/errors.ts';
import { isInside } from '../files/inside-folder.ts';

const extension = /\.yara?$/;

/**
 * Paths of all `.yar` and `.yara` files below the folder, relative to it, with `/`, sorted by code unit. Folders whose name begins with a
 * dot are searched too. A symbolic link is followed to a file inside the folder, and nowhere else: links out of it and links to folders
 * (which may run in circles) are problems.
 * @throws RearviewError `ERR_CONFIG` where the folder cannot be listed
 */
export async function findRuleFiles(
  rulesDir: string,
): Promise<{ readonly files: string[]; readonly problems: Diagnostic[] }> {
  const problems: Diagnostic[] = [];
  const root = await realpath(rulesDir).catch((cause: unknown) => {
    throw new RearviewError('ERR_CONFIG', `The rules folder ${rulesDir} cannot be opened: ${messageOf(cause)}`, {
      cause,
    });
  });
  const report = (code: string, file: string, message: string) =>
    problems.push({ severity: 'error', code, message, file, line: 0, column: 0 });

  const list = async (folder: string): Promise<string[]> => {
    const entries = await readdir(join(root, folder), { withFileTypes: true });
    const found = await Promise.all(
      entries.map(async (entry): Promise<string[]> => {
        const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
        if (entry.isDirectory()) return listOrReport(path);
        if (entry.isSymbolicLink()) return (await isUsableLink(path)) ? [path] : [];
        if (!extension.test(path)) return [];
        if (entry.isFile()) return [path];
        report('load/unreadable', path, 'not a regular file');
        return [];
      }),
    );
    return found.flat();
  };

  const listOrReport = async (folder: string): Promise<string[]> => {
    try {
      return await list(folder);
    } catch (error) {
      report('load/unreadable', folder, `the folder cannot be read: ${messageOf(error)}`);
      return [];
    }
  };

  const isUsableLink = async (path: string): Promise<boolean> => {
    const named = extension.test(path);
    try {
      const target = await realpath(join(root, path));
      const stats = await stat(target);
      if (stats.isFile() && !named) return false;
      if (stats.isFile() && isInside(root, target)) return true;
      const where = stats.isFile() ? 'out of the rules folder' : 'to a folder';
      report('load/symlink', path, `a symbolic link ${where} is not followed: put the files themselves here`);
    } catch (error) {
      if (named) report('load/symlink', path, `the symbolic link leads nowhere: ${messageOf(error)}`);
    }
    return false;
  };

  try {
    const files = await list('');
    return { files: files.sort(), problems };
  } catch (cause) {
    throw new RearviewError('ERR_CONFIG', `The rules folder ${rulesDir} cannot be read: ${messageOf(cause)}`, {
      cause,
    });
  }
}
