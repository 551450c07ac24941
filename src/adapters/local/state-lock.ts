import { DatabaseSync } from 'node:sqlite';
import { messageOf } from '../../domain/errors.ts';
import { makePrivateFile, readPrivateFile, writePrivateFile } from '../../files/private-files.ts';

export interface StateLock {
  release(): void;
}

const anyProcess = 'another process';
/** Characters of a process id. */
const longestId = 20;

/**
 * Takes the lock, or answers null where another process (or this one) has it. The lock is one that SQLite holds on a file of its own, so the
 * operating system gives it back however the process ends. The holder's process id stands in `<path>.pid`, for people.
 * @throws RearviewError `ERR_CONFIG` where one of the two is not a regular file of this user
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

/** Who has the lock, as far as the file beside it tells. */
export function lockHolder(path: string): string {
  try {
    const [id] = /^\d+/.exec(readPrivateFile(`${path}.pid`, longestId).toString('latin1')) ?? [];
    return id === undefined ? anyProcess : `process ${id}`;
  } catch {
    return anyProcess;
  }
}
