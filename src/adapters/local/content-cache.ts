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

/**
 * Opens (and creates) a cache in a folder that only its owner can read. Several processes may use
 * it. A damaged file is replaced.
 * @returns null if there can be no cache there, for example because the disk is full or the folder
 *   belongs to another user
 */
export function openContentCache(folder: string, options: ContentCacheOptions): FileContentCache | null {
  const path = join(folder, `rules-${schemaVersion}.sqlite`);
  try {
    makePrivateFolder(folder);
    try {
      return wrap(open(path), options);
    } catch {
      // A damaged file: whatever it held can be computed again.
      for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(`${path}${suffix}`, { force: true });
      return wrap(open(path), options);
    }
  } catch {
    return null;
  }
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

function wrap(connection: DatabaseSync, { maxBytes = defaultMaxBytes, now }: ContentCacheOptions): FileContentCache {
  const select = connection.prepare('SELECT bytes, used FROM entries WHERE key = ?');
  const insert = connection.prepare('INSERT OR REPLACE INTO entries (key, bytes, used) VALUES (?, ?, ?)');
  const touch = connection.prepare('UPDATE entries SET used = ? WHERE key = ?');
  let added = new Map<string, Uint8Array>();
  /** Read, and last noted as used more than a day ago. */
  let used = new Set<string>();

  function flush(): void {
    if (added.size === 0 && used.size === 0) return;
    const [toAdd, toTouch] = [added, used];
    added = new Map();
    used = new Set();
    quietly(() => {
      connection.exec('BEGIN IMMEDIATE');
      try {
        for (const key of toTouch) touch.run(now(), key);
        for (const [key, bytes] of toAdd) insert.run(key, bytes, now());
        if (toAdd.size > 0) shrink(connection, maxBytes);
        connection.exec('COMMIT');
      } catch (error) {
        connection.exec('ROLLBACK');
        throw error;
      }
    });
  }

  return {
    get: (key) =>
      added.get(key) ??
      quietly(() => {
        const found = select.get(key);
        if (found === undefined || !(found['bytes'] instanceof Uint8Array)) return null;
        if (Number(found['used']) < now() - dayMs) used.add(key);
        return found['bytes'];
      }) ??
      null,
    put: (key, bytes) => void added.set(key, bytes),
    flush,
    close() {
      flush();
      quietly(() => connection.close());
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

/** Nothing that happens to a cache is an error of its user. */
function quietly<T>(use: () => T): T | undefined {
  try {
    return use();
  } catch {
    return undefined;
  }
}
