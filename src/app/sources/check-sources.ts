import { lstat, readdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { changedSettings, type LockedSource } from '../../rules/sources/lock-file.ts';
import type { RuleSourceConfig } from '../../rules/sources/source-config.ts';
import { readLock, vendorPaths, workFolder } from './vendor-changes.ts';
import { absent, compareFiles, readVendored } from './vendored-folder.ts';

/** A difference between the sources, the lock and the folders. */
export interface SourceDifference {
  /** Null: no source has this file. */
  readonly source: string | null;
  readonly kind: 'changed' | 'missing' | 'extra' | 'unlocked' | 'settings' | 'unconfigured' | 'interrupted';
  /** Below the rules folder, with `/`; null if it concerns the whole source. */
  readonly file: string | null;
  readonly message: string;
}

/**
 * Compares the vendored folders with the lock, and the lock with the configured sources. Nothing is
 * fetched or written.
 * @throws RearviewError `ERR_CONFIG` if the lock or a folder cannot be read
 */
export async function checkSources(
  rulesDir: string,
  sources: readonly RuleSourceConfig[],
  only: string | null,
): Promise<readonly SourceDifference[]> {
  const root = await realpath(rulesDir).catch(absent);
  if (root === null) return [];
  const paths = vendorPaths(root);
  const lock = await readLock(paths);
  const isWanted = (name: string) => only === null || name === only;
  const found: SourceDifference[] = [];
  for (const source of sources.filter(({ name }) => isWanted(name))) {
    const locked = lock.find(({ name }) => name === source.name);
    if (locked !== undefined) found.push(...settingsOf(source, locked));
    else if (source.state !== 'off') {
      const message = 'is not in the lock: run "rearview rules sync"';
      found.push({ source: source.name, kind: 'unlocked', file: null, message });
    }
  }
  for (const locked of lock.filter(({ name }) => isWanted(name))) {
    if (sources.every(({ name }) => name !== locked.name)) {
      const message = 'is in the lock, and is no longer configured: run "rearview rules sync"';
      found.push({ source: locked.name, kind: 'unconfigured', file: null, message });
    }
    found.push(...(await filesOf(paths.vendorDir, locked)));
  }
  if (only !== null) return found;
  const others = await othersIn(paths.vendorDir, lock);
  // Folders that were copied by hand are not compared as long as nothing is synced.
  const isUnused = sources.length === 0 && lock.length === 0;
  return [...found, ...(isUnused ? others.filter(({ kind }) => kind === 'interrupted') : others)];
}

function settingsOf(source: RuleSourceConfig, locked: LockedSource): readonly SourceDifference[] {
  const keys = changedSettings(source, locked);
  if (keys.length === 0) return [];
  const message = `was fetched with another ${keys.join(', ')}: run "rearview rules sync ${source.name}"`;
  return [{ source: source.name, kind: 'settings', file: null, message }];
}

async function filesOf(vendorDir: string, locked: LockedSource): Promise<readonly SourceDifference[]> {
  const content = (await readVendored(join(vendorDir, locked.namespace))) ?? { files: [], others: [] };
  const { added, changed, removed } = compareFiles(locked.files, content.files);
  const differences = (kind: SourceDifference['kind'], paths: readonly string[], message: string) =>
    paths.map(
      (path): SourceDifference => ({ source: locked.name, kind, file: `vendor/${locked.namespace}/${path}`, message }),
    );
  return [
    ...differences('changed', changed, 'differs from the lock'),
    ...differences('missing', removed, 'is in the lock, and does not exist'),
    ...differences('extra', added, 'is not in the lock'),
    ...differences('extra', content.others, 'is not a regular file'),
  ];
}

/** Folders and rule files next to the folders of the sources. */
async function othersIn(vendorDir: string, lock: readonly LockedSource[]): Promise<readonly SourceDifference[]> {
  const stats = await lstat(vendorDir).catch(absent);
  if (stats === null) return [];
  if (!stats.isDirectory()) {
    return [{ source: null, kind: 'extra', file: 'vendor', message: 'is not a folder' }];
  }
  const entries = await readdir(vendorDir, { withFileTypes: true });
  return entries.flatMap((entry): SourceDifference[] => {
    const file = `vendor/${entry.name}`;
    if (entry.name === workFolder) {
      const message = 'is left by an interrupted sync, or another process is syncing: run "rearview rules sync"';
      return [{ source: null, kind: 'interrupted', file, message }];
    }
    if (lock.some(({ namespace }) => namespace === entry.name) || (entry.isFile() && !/\.yara?$/i.test(entry.name)))
      return [];
    return [{ source: null, kind: 'extra', file, message: 'belongs to no source in the lock' }];
  });
}
