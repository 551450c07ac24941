import { DatabaseSync } from 'node:sqlite';
import { messageOf } from '../../domain/errors.ts';
import { makePrivateFile, readPrivateFile, writePrivateFile } from '../../files/private-files.ts';

export interface StateLock {
  release(): void;
}

const anyProcess = 'another process';
/** Maximum characters of a process id. */
const longestId = 20;

/**
 * Takes the lock, or returns null if another process (or this one) has it. The lock is held by
 * SQLite on a separate file, so the operating system releases it however the process ends. The
 * holder's process id is in `<path>.pid`, for display.
 * @throws RearviewError `ERR_CONFIG` if one of the two is not a regular file of this user
 * @param options.waitMs how long to wait for it, in milliseconds. Default: 0
 */
export function acquireStateLock(path: string, { waitMs = 0 }: { readonly waitMs?: number } = {}): StateLock | null {
  makePrivateFile(path);
  const database = new DatabaseSync(path, { timeout: waitMs });
  try {
    database.exec('PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (/locked|busy/i.test(messageOf(error))) return null;
    throw error;
  }
  try {
    writePrivateFile(`${path}.pid`, `${process.pid}\n`);
  } catch (error) {
    database.close();
    throw error;
  }
  return { release: () => database.close() };
}

/** The holder of the lock, according to the file next to it. */
export function lockHolder(path: string): string {
  try {
    const [id] = /^\d+/.exec(readPrivateFile(`${path}.pid`, longestId).toString('latin1')) ?? [];
    return id === undefined ? anyProcess : `process ${id}`;
  } catch {
    return anyProcess;
  }
}
