import { rmSync, statSync } from 'node:fs';
import { createGitRepositories } from '../../adapters/git/git-repositories.ts';
import { acquireStateLock } from '../../adapters/local/state-lock.ts';
import type { RuleRepositories } from '../../ports/rule-repositories.ts';
import type { CliContext } from '../context.ts';

/** Repositories that sources name, read with the program `git`. */
export function openRuleRepositories({ env, signal }: Pick<CliContext, 'env' | 'signal'>): RuleRepositories {
  return createGitRepositories({ env, signal });
}

/**
 * Takes the lock of a sync. Its file goes with the sync, so another process may have removed it
 * between the opening and the locking; the lock of a removed file keeps no process out.
 */
export function acquireSyncLock(path: string): { release(): void } | null {
  const before = numberOf(path);
  const lock = acquireStateLock(path);
  if (lock === null) return null;
  const after = numberOf(path);
  if (after !== null && (before === null || before === after)) return { release: () => release(path, lock) };
  lock.release();
  return null;
}

/** Windows cannot remove a file that is open. Elsewhere it is removed while it still keeps others out. */
function release(path: string, lock: { release(): void }): void {
  const remove = () => {
    for (const each of [path, `${path}.pid`, `${path}-journal`]) rmSync(each, { force: true });
  };
  if (process.platform !== 'win32') remove();
  lock.release();
  if (process.platform === 'win32') remove();
}

function numberOf(path: string): bigint | null {
  return statSync(path, { bigint: true, throwIfNoEntry: false })?.ino ?? null;
}
