import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, RearviewError } from '../../domain/errors.ts';
import { codeOf, reasonOf } from '../../files/system-error.ts';
import type { RuleRepositories } from '../../ports/rule-repositories.ts';
import type { LockedSource } from '../../rules/sources/lock-file.ts';
import { licenceWarning } from '../../rules/sources/recognize-licence.ts';
import type { RuleSourceConfig } from '../../rules/sources/source-config.ts';
import { type FetchedSource, fetchSource, repositoryFolder } from './fetch-source.ts';
import {
  applyChange,
  type ChangeStep,
  makeFolders,
  readLock,
  recover,
  removeEmpty,
  type VendorPaths,
  vendorPaths,
} from './vendor-changes.ts';
import { compareFiles, type FileChanges, holdsExactly, lockedFile, readVendored } from './vendored-folder.ts';

/** The result for one source. Changes are those of its folder. */
export interface SyncedSource extends FileChanges {
  readonly source: string;
  /** `removed`: the source is no longer configured. `off`: it was not fetched. */
  readonly status: 'updated' | 'unchanged' | 'removed' | 'off';
  readonly namespace: string;
  readonly url: string;
  /** The commit of the lock before, and now; null for none. */
  readonly before: string | null;
  readonly after: string | null;
  /** Rule files and others in the folder now. */
  readonly files: number;
  /** SPDX identifier of the licence that was found; null if there is none, or not a common one. */
  readonly licence: string | null;
  readonly warnings: readonly string[];
}

export interface SyncOptions {
  readonly rulesDir: string;
  /** All sources of the rules folder. */
  readonly sources: readonly RuleSourceConfig[];
  /** Only the source of this name; null: all. Then sources that are not configured are removed. */
  readonly only: string | null;
  readonly repositories: RuleRepositories;
  /**
   * Takes the lock against other syncs in a file; null if another process has it. The release also
   * removes the file.
   */
  readonly acquire: (path: string) => { release(): void } | null;
  /** Called with each result as it comes, and with the error of each source that failed. */
  readonly onResult: (result: SyncedSource | SyncFailure) => Promise<void>;
  readonly onStep?: (step: ChangeStep) => void;
}

/** A source that could not be fetched: its folder and its lock entry are as before. */
export interface SyncFailure {
  readonly source: string;
  readonly status: 'failed';
  readonly error: RearviewError;
}

/**
 * Fetches the sources into `rules/vendor`, one after the other, and locks what was fetched. A source
 * that fails does not stop the others. An interrupted run is undone or completed by the next one.
 * @throws RearviewError `ERR_STATE_LOCKED` if another process is at it; `ERR_CONFIG` if the folders
 *   or the lock cannot be used
 */
export async function syncSources(options: SyncOptions): Promise<void> {
  const root = await realpath(options.rulesDir).catch((cause: unknown) => {
    throw new RearviewError('ERR_CONFIG', `Cannot open the rules folder ${options.rulesDir}: ${reasonOf(cause)}`, {
      cause,
    });
  });
  const paths = vendorPaths(root);
  await makeFolders(paths);
  const lock = options.acquire(join(paths.workDir, 'lock'));
  if (lock === null) {
    throw new RearviewError('ERR_STATE_LOCKED', `Another process is syncing ${options.rulesDir}. Try again later.`);
  }
  try {
    await recover(paths);
    const wanted = options.sources.filter(({ name }) => options.only === null || name === options.only);
    for (const source of wanted) await options.onResult(await syncOrFail(paths, source, options));
    if (options.only === null) await removeOthers(paths, options);
  } finally {
    // What was interrupted is undone first.
    await recover(paths).finally(() => lock.release());
    await removeEmpty(paths);
  }
}

async function syncOrFail(
  paths: VendorPaths,
  source: RuleSourceConfig,
  options: SyncOptions,
): Promise<SyncedSource | SyncFailure> {
  try {
    return await syncSource(paths, source, options);
  } catch (error) {
    // What was interrupted is undone before the next source.
    await recover(paths);
    return { source: source.name, status: 'failed', error: translated(error, source) };
  }
}

/** System errors of the rules folder; anything else is thrown as it is. */
function translated(error: unknown, { name }: RuleSourceConfig): RearviewError {
  if (error instanceof RearviewError) {
    const { code, message, retryable } = error;
    // What Git reports names the URL only.
    return message.startsWith('Source ')
      ? error
      : new RearviewError(code, `Source ${name}: ${message}`, { retryable, cause: error });
  }
  const code = codeOf(error);
  if (code === undefined) throw error;
  const isFull = code === 'ENOSPC' || code === 'EDQUOT';
  const message = `Source ${name}: cannot write the rules folder: ${messageOf(error)}`;
  return new RearviewError(isFull ? 'ERR_STORAGE_FULL' : 'ERR_CONFIG', message, { retryable: isFull, cause: error });
}

async function syncSource(
  paths: VendorPaths,
  source: RuleSourceConfig,
  { repositories, only, onStep }: SyncOptions,
): Promise<SyncedSource> {
  const lock = await readLock(paths);
  const before = lock.find(({ name }) => name === source.name) ?? null;
  const { name, namespace, url } = source;
  const same = { source: name, namespace, url, before: before?.commit ?? null };
  if (source.state === 'off' && only === null) {
    const kept = { after: same.before, files: before?.files.length ?? 0, licence: before?.licence ?? null };
    return { ...same, ...kept, status: 'off', added: [], changed: [], removed: [], warnings: [] };
  }
  const owner = lock.find((each) => each.namespace === namespace && each.name !== name);
  const folder = repositoryFolder(paths.workDir, source);
  const fetched = await fetchSource(repositories, source, { rulesDir: paths.rulesDir, folder });
  const locked = lockedSource(source, fetched);
  const current = await readVendored(join(paths.vendorDir, namespace));
  const isHeld = holdsExactly(current, locked.files);
  if (!isHeld && current !== null && before?.namespace !== namespace && owner === undefined) {
    throw new RearviewError(
      'ERR_CONFIG',
      `Source ${name}: the folder vendor/${namespace} exists, and no source in the lock has it. Move it away, or use another namespace.`,
    );
  }
  const isLocked = before !== null && JSON.stringify(before) === JSON.stringify(locked);
  const next = [...lock.filter((each) => each !== before && each !== owner), locked];
  const folders = new Map(isHeld ? [] : [[namespace, fetched.files] as const]);
  const isMoved = before !== null && next.every((each) => each.namespace !== before.namespace);
  const change = isMoved ? new Map([...folders, [before.namespace, null] as const]) : folders;
  if (!isHeld || !isLocked) await applyChange(paths, { folders: change, lock: next }, onStep);
  const warning = licenceWarning(source.licence, fetched.licence);
  return {
    ...same,
    ...compareFiles(current?.files ?? [], locked.files),
    ...{ status: isHeld && isLocked ? 'unchanged' : 'updated', after: fetched.commit, files: locked.files.length },
    ...{ licence: locked.licence, warnings: [...(warning === null ? [] : [warning]), ...fetched.unused] },
  };
}

function lockedSource(source: RuleSourceConfig, { commit, files, licence }: FetchedSource): LockedSource {
  const { name, url, ref, namespace } = source;
  const { include, exclude } = source.files;
  return {
    ...{ name, url, ref, include: [...include], exclude: [...exclude], namespace, commit, licence: licence.id },
    files: files.map(lockedFile).sort((a, b) => (a.path < b.path ? -1 : 1)),
  };
}

/** Removes the folders of sources that are no longer configured. */
async function removeOthers(paths: VendorPaths, { sources, onResult, onStep }: SyncOptions): Promise<void> {
  const lock = await readLock(paths);
  for (const gone of lock.filter(({ name }) => sources.every((each) => each.name !== name))) {
    const now = await readLock(paths);
    const { name, namespace, url, commit, files, licence } = gone;
    await applyChange(
      paths,
      { folders: new Map([[namespace, null]]), lock: now.filter((each) => each.name !== name) },
      onStep,
    );
    await onResult({
      ...{ source: name, status: 'removed', namespace, url, before: commit, after: null, files: 0, licence },
      ...{ added: [], changed: [], removed: files.map(({ path }) => path), warnings: [] },
    });
  }
}
