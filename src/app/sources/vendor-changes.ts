import { lstat, mkdir, readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { RearviewError } from '../../domain/errors.ts';
import { codeOf } from '../../files/system-error.ts';
import { formatLock, type LockedSource, lockFile, parseLock } from '../../rules/sources/lock-file.ts';
import { sourceNameProblem } from '../../rules/sources/sources-schema.ts';
import { vendorFolder } from '../../rules/vendored.ts';
import {
  absent,
  holdsExactly,
  readIfPresent,
  readVendored,
  type VendoredFile,
  writeVendored,
} from './vendored-folder.ts';

/** Folder for what is not complete, next to the folders of the sources. Its name is ignored by loaders. */
export const workFolder = '.sync';
/** The folder of a source as it was before a change. An empty one: there was none. */
const oldPrefix = 'old-';

/** Moments of a change at which tests end it. */
export type ChangeStep = 'written' | 'old moved' | 'new moved' | 'locked';

/** The folders of the sources and their lock. */
export interface VendorPaths {
  /** The rules folder: absolute, without symbolic links. */
  readonly rulesDir: string;
  readonly vendorDir: string;
  readonly workDir: string;
  readonly lockPath: string;
}

export function vendorPaths(rulesDir: string): VendorPaths {
  const vendorDir = join(rulesDir, vendorFolder);
  return { rulesDir, vendorDir, workDir: join(vendorDir, workFolder), lockPath: join(rulesDir, lockFile) };
}

/** Reads the lock. @throws RearviewError `ERR_CONFIG` */
export async function readLock({ rulesDir, lockPath }: VendorPaths): Promise<readonly LockedSource[]> {
  return parseLock(`${basename(rulesDir)}/${lockFile}`, await readIfPresent(lockPath));
}

/**
 * Requires that the folders are folders and not links to elsewhere, and makes them.
 * @throws RearviewError `ERR_CONFIG`
 */
export async function makeFolders({ vendorDir, workDir }: VendorPaths): Promise<void> {
  for (const folder of [vendorDir, workDir]) {
    const stats = await lstat(folder).catch(absent);
    if (stats === null) await mkdir(folder);
    else if (!stats.isDirectory()) {
      throw new RearviewError(
        'ERR_CONFIG',
        `${folder} is not a folder (a symbolic link is not followed): move it away.`,
      );
    }
  }
}

/**
 * Undoes a change that did not reach the lock, and removes whatever an earlier run left behind. The
 * folders are then those that the lock describes, or those of before.
 */
export async function recover(paths: VendorPaths): Promise<void> {
  const names = await readdir(paths.workDir).catch(absent);
  if (names === null) return;
  const lock = names.some((name) => name.startsWith(oldPrefix)) ? await readLock(paths) : [];
  for (const name of names.filter((each) => each.startsWith(oldPrefix))) {
    const namespace = name.slice(oldPrefix.length);
    if (sourceNameProblem(namespace) !== null) continue;
    const [old, target] = [join(paths.workDir, name), join(paths.vendorDir, namespace)];
    const locked = lock.find((each) => each.namespace === namespace);
    const current = await readVendored(target);
    const isDone = locked === undefined ? current === null : holdsExactly(current, locked.files);
    if (isDone) continue;
    await rm(target, { recursive: true, force: true });
    if ((await readdir(old)).length > 0) await rename(old, target);
  }
  for (const name of names) {
    if (!name.startsWith('lock')) await rm(join(paths.workDir, name), { recursive: true, force: true });
  }
}

/** Removes the work folder, and the folder of the sources, if they are empty. */
export async function removeEmpty({ workDir, vendorDir }: VendorPaths): Promise<void> {
  for (const folder of [workDir, vendorDir]) {
    await rmdir(folder).catch((error: unknown) => {
      // Another process may have started, or been as fast.
      if (!['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes(codeOf(error) ?? '')) throw error;
    });
  }
}

export interface VendorChange {
  /** The folders to replace, by namespace; null removes the folder. */
  readonly folders: ReadonlyMap<string, readonly VendoredFile[] | null>;
  /** The complete lock afterwards. */
  readonly lock: readonly LockedSource[];
}

/**
 * Replaces folders of sources, and the lock last. Each folder is written completely next to its
 * place, and moved there. `recover` undoes a change that was interrupted before the lock was written.
 */
export async function applyChange(
  paths: VendorPaths,
  { folders, lock }: VendorChange,
  onStep: (step: ChangeStep) => void = () => undefined,
): Promise<void> {
  const { vendorDir, workDir, lockPath } = paths;
  const newOf = (namespace: string) => join(workDir, `new-${namespace}`);
  const oldOf = (namespace: string) => join(workDir, `${oldPrefix}${namespace}`);
  for (const [namespace, files] of folders) if (files !== null) await writeVendored(newOf(namespace), files);
  const newLock = join(workDir, 'next.json');
  await writeFile(newLock, formatLock(lock), { flag: 'wx' });
  onStep('written');
  for (const [namespace, files] of folders) {
    const target = join(vendorDir, namespace);
    const stats = await lstat(target).catch(absent);
    if (stats === null) await mkdir(oldOf(namespace));
    else await rename(target, oldOf(namespace));
    onStep('old moved');
    if (files !== null) await rename(newOf(namespace), target);
    onStep('new moved');
  }
  await rename(newLock, lockPath);
  onStep('locked');
  for (const namespace of folders.keys()) await rm(oldOf(namespace), { recursive: true, force: true });
}
