import { hash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { makePrivateFile, makePrivateFolder, requirePrivateFile } from '../../files/private-files.ts';
import type { ContentCache } from '../../ports/content-cache.ts';

/** Part of the file's name: another schema is another file. */
const schemaVersion = 1;
/** How long to wait for another process that writes: what is not written can be computed again. */
const busyTimeoutMs = 2000;
const dayMs = 24 * 60 * 60 * 1000;
const defaultMaxBytes = 512 * 1024 * 1024;
/** The share of the limit that is left after entries were removed, so that not every flush removes some. */
const keptShare = 0.8;

const schema = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  CREATE TABLE IF NOT EXISTS entries (
    key TEXT PRIMARY KEY,
    bytes BLOB NOT NULL,
    sha256 TEXT NOT NULL,
    used INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
`;

export interface ContentCacheOptions {
  /** Maximum size of all entries in bytes; those unused for longest are removed first. Default: 512 MiB. */
  readonly maxBytes?: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** A cache in a file. */
export interface FileContentCache extends ContentCache {
  /** Writes what was put, and closes the file. */
  close(): void;
}

/** Result codes of SQLite for a damaged file, and for one that is no database (https://www.sqlite.org/rescode.html). */
const damageCodes: readonly unknown[] = [11, 26];

/**
 * Opens (and creates) a cache in a folder that only its owner can read. Several processes may use
 * it. A damaged file is replaced, at the latest when it is opened again, and damaged bytes are not
 * returned.
 * @returns null if there can be no cache there, for example because the disk is full or the folder
 *   belongs to another user
 */
export function openContentCache(folder: string, options: ContentCacheOptions): FileContentCache | null {
  const path = join(folder, `rules-${schemaVersion}.sqlite`);
  try {
    makePrivateFolder(folder);
    try {
      return wrap(path, open(path), options);
    } catch (error) {
      // Any other error may pass, and other processes may use the file.
      if (!isDamage(error)) return null;
      remove(path);
      return wrap(path, open(path), options);
    }
  } catch {
    return null;
  }
}

function isDamage(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && damageCodes.includes(error.errcode);
}

function remove(path: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(`${path}${suffix}`, { force: true });
}

function open(path: string): DatabaseSync {
  makePrivateFile(path);
  for (const suffix of ['-wal', '-shm', '-journal']) requirePrivateFile(`${path}${suffix}`);
  const connection = new DatabaseSync(path, { timeout: busyTimeoutMs });
  try {
    connection.exec(schema);
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

function wrap(
  path: string,
  connection: DatabaseSync,
  { maxBytes = defaultMaxBytes, now }: ContentCacheOptions,
): FileContentCache {
  const select = connection.prepare('SELECT bytes, sha256, used FROM entries WHERE key = ?');
  const insert = connection.prepare('INSERT OR REPLACE INTO entries (key, bytes, sha256, used) VALUES (?, ?, ?, ?)');
  const touch = connection.prepare('UPDATE entries SET used = ? WHERE key = ?');
  let added = new Map<string, Uint8Array>();
  /** Read, and last noted as used more than a day ago. */
  let used = new Set<string>();
  let isDamaged = false;

  /** Nothing that happens to a cache is an error of its user. */
  function quietly<T>(use: () => T): T | null {
    try {
      return use();
    } catch (error) {
      isDamaged ||= isDamage(error);
      return null;
    }
  }

  function flush(): void {
    if (added.size === 0 && used.size === 0) return;
    const [toAdd, toTouch] = [added, used];
    added = new Map();
    used = new Set();
    quietly(() => {
      connection.exec('BEGIN IMMEDIATE');
      try {
        for (const key of toTouch) touch.run(now(), key);
        for (const [key, bytes] of toAdd) insert.run(key, bytes, hash('sha256', bytes), now());
        if (toAdd.size > 0) shrink(connection, maxBytes);
        connection.exec('COMMIT');
      } catch (error) {
        connection.exec('ROLLBACK');
        throw error;
      }
    });
  }

  function read(key: string): Uint8Array | null {
    const found = select.get(key);
    const bytes = found?.['bytes'];
    if (!(bytes instanceof Uint8Array) || hash('sha256', bytes) !== found?.['sha256']) return null;
    if (Number(found['used']) < now() - dayMs) used.add(key);
    return bytes;
  }

  return {
    get: (key) => added.get(key) ?? quietly(() => read(key)),
    put: (key, bytes) => void added.set(key, bytes),
    flush,
    close() {
      flush();
      quietly(() => connection.close());
      if (isDamaged) quietly(() => remove(path));
    },
  };
}

function shrink(connection: DatabaseSync, maxBytes: number): void {
  const size = Number(connection.prepare('SELECT sum(length(bytes)) AS size FROM entries').get()?.['size'] ?? 0);
  if (size <= maxBytes) return;
  let left = size;
  const remove = connection.prepare('DELETE FROM entries WHERE key = ?');
  for (const each of connection.prepare('SELECT key, length(bytes) AS size FROM entries ORDER BY used').all()) {
    if (left <= maxBytes * keptShare) break;
    remove.run(String(each['key']));
    left -= Number(each['size']);
  }
}
