import { readFileSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { messageOf } from '../../domain/errors.ts';
import { makePrivateFile } from '../../files/private-files.ts';

export interface StateLock {
  release(): void;
}

/**
 * Takes the lock, or answers null where another process (or this one) has it. The lock is one that SQLite holds on a file of its own, so the
 * operating system gives it back however the process ends. The holder's process id stands in `<path>.pid`, for people.
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
    makePrivateFile(`${path}.pid`);
    writeFileSync(`${path}.pid`, `${process.pid}\n`);
  } catch (error) {
    database.close();
    throw error;
  }
  return { release: () => database.close() };
}

/** Who has the lock, as far as the file beside it tells. */
export function lockHolder(path: string): string {
  try {
    return `process ${readFileSync(`${path}.pid`, 'utf8').trim()}`;
  } catch {
    return 'another process';
  }
}
