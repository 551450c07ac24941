import { createHash } from 'node:crypto';
import { constants, existsSync, lstatSync, readdirSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { RearviewError } from '../../../domain/errors.ts';
import { type ObjectInfo, type ObjectRef, passesFilter } from '../../../domain/objects/object.ts';
import { parseStored } from '../../../domain/text/parse-stored.ts';
import { makePrivateFolder } from '../../../files/private-files.ts';
import { codeOf } from '../../../files/system-error.ts';
import type { ObjectStore } from '../../../ports/object-store.ts';
import type { Database } from '../database/database.ts';
import { insertMessages } from '../database/queue.ts';
import { translateFileError } from './file-errors.ts';
import { bytesToRead, objectChanged, readExactly } from './read-exactly.ts';
import { blobPath, storeBlob } from './store-blob.ts';

/**
 * The same limit as in Amazon S3:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
 */
const maxKeyBytes = 1024;
/** Age after which a temporary file has no writer any more. */
const leftoverAgeMs = 3_600_000;
/** A link in the place of a blob is not followed, and a FIFO is not waited for. */
const blobFlags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const pieceBytes = 1024 ** 2;

export interface FolderObjectStoreOptions {
  readonly db: Database;
  /** Holds the contents, each once, by its SHA-256. */
  readonly dir: string;
  readonly bucket: string;
  /**
   * A message for each new object version, written in the same transaction, like S3 event
   * notifications.
   */
  readonly notify?: { readonly queue: string; readonly body: (info: ObjectInfo) => string };
  /** Milliseconds since 1970. Default: `Date.now`. */
  readonly now?: () => number;
}

const row = z.object({
  key: z.string(),
  version: z.string(),
  size: z.number(),
  sha256: z.string(),
  metadata: z.string(),
  arrived_at: z.string(),
});
const durable = { durable: true } as const;
const metadataSchema = z.record(z.string(), z.string());
type Row = z.infer<typeof row>;

/**
 * Objects in a folder, with their names and versions in SQLite. Versions of a key are numbered from
 * 1.
 *
 * Unlike S3, putting the content of the key's latest version again returns that version and sends
 * no message.
 */
export function createFolderObjectStore({
  db,
  dir,
  bucket,
  notify,
  now = Date.now,
}: FolderObjectStoreOptions): ObjectStore {
  const temporary = join(dir, 'tmp');
  makePrivateFolder(dir);
  makePrivateFolder(temporary);
  removeLeftovers(temporary);

  const latest = db.prepare('SELECT * FROM objects WHERE bucket = ? AND key = ? ORDER BY seq DESC LIMIT 1');
  const exact = db.prepare('SELECT * FROM objects WHERE bucket = ? AND key = ? AND version = ?');
  const insert = db.prepare(
    'INSERT INTO objects (bucket, key, version, seq, size, sha256, metadata, arrived_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const page = db.prepare(
    'SELECT * FROM objects WHERE bucket = ? AND (key, seq) > (?, ?) AND key >= ? ORDER BY key, seq LIMIT ?',
  );
  const find = ({ key, version }: { readonly key: string; readonly version?: string }): Row => {
    const found = version === undefined ? latest.get(bucket, key) : exact.get(bucket, key, version);
    if (found === undefined) throw new RearviewError('ERR_OBJECT_GONE', `${bucket}/${key} does not exist.`);
    return row.parse(found);
  };
  const infoOf = (each: Row): ObjectInfo => ({
    ...{ bucket, key: each.key, version: each.version },
    ...{ size: each.size, arrivedAt: each.arrived_at },
  });

  return {
    bucket,
    head: async (ref) => infoOf(find(ref)),
    async describe(ref) {
      const found = find(ref);
      const metadata = parseStored(metadataSchema, found.metadata, 'metadata');
      const description = { ...infoOf(found), metadata };
      const isWhole = (await hashBlob(blobPath(dir, found.sha256))) === found.sha256;
      return isWhole ? { ...description, storedSum: { of: 'whole', sha256: found.sha256 } } : description;
    },
    async read(ref: ObjectRef, options) {
      const found = find(ref);
      const length = bytesToRead(found, options);
      try {
        const bytes = await readBlob(blobPath(dir, found.sha256), found, length);
        const metadata = parseStored(metadataSchema, found.metadata, 'metadata');
        return { ...infoOf(found), bytes, metadata, storedSha256: found.sha256 };
      } catch (error) {
        throw translateFileError(error, ref.key);
      }
    },
    async list({ filter = {}, after, limit }) {
      const { prefix = '' } = filter;
      const [key, seq] = after === null ? ['', 0] : z.tuple([z.string(), z.number()]).parse(JSON.parse(after));
      const rows = page.all(bucket, key, seq, prefix, limit).map((each) => row.parse(each));
      const last = rows.at(-1);
      // Keys with the prefix are adjacent, so the first one without it ends the listing.
      const atEnd = last === undefined || rows.length < limit || !last.key.startsWith(prefix);
      return {
        objects: rows.map(infoOf).filter((info) => passesFilter(info, filter)),
        problems: [],
        next: atEnd ? null : JSON.stringify([last.key, Number(last.version)]),
      };
    },
    async put(key, content, { metadata = {}, ifAbsent = false } = {}) {
      requireKey(key);
      if (ifAbsent && latest.get(bucket, key) !== undefined) throw exists(bucket, key);
      const blob = await storeBlob({ dir, temporary, key, content });
      return db.transaction(() => {
        if (!existsSync(blobPath(dir, blob.sha256))) throw removedMeanwhile(bucket, key);
        const before = latest.get(bucket, key);
        const known = before === undefined ? null : row.parse(before);
        if (known !== null && ifAbsent) throw exists(bucket, key);
        const meta = JSON.stringify(metadata);
        if (known !== null && known.sha256 === blob.sha256 && known.metadata === meta) return infoOf(known);
        const seq = known === null ? 1 : Number(known.version) + 1;
        const arrivedAt = new Date(now()).toISOString();
        insert.run(bucket, key, String(seq), seq, blob.size, blob.sha256, meta, arrivedAt);
        const info: ObjectInfo = { bucket, key, version: String(seq), size: blob.size, arrivedAt };
        if (notify !== undefined) insertMessages(db, notify.queue, [notify.body(info)], now());
        return info;
      }, durable);
    },
  };
}

function requireKey(key: string): void {
  const bytes = Buffer.byteLength(key);
  if (bytes === 0 || bytes > maxKeyBytes || !key.isWellFormed()) {
    throw new RearviewError(
      'ERR_CONFIG',
      `Cannot store the key "${key.slice(0, 80)}": use well-formed text of 1 to ${maxKeyBytes} bytes.`,
    );
  }
}

function exists(bucket: string, key: string): RearviewError {
  return new RearviewError('ERR_CONFLICT', `${bucket}/${key} exists already.`);
}

/**
 * The process that removed the last object with that content removed the content, after this one
 * had found it.
 */
function removedMeanwhile(bucket: string, key: string): RearviewError {
  const text = `${bucket}/${key} was not stored: another object with its content was removed meanwhile; try again.`;
  return new RearviewError('ERR_UNAVAILABLE', text, { retryable: true });
}

async function readBlob(path: string, { key, size }: Row, length: number): Promise<Uint8Array<ArrayBuffer>> {
  const handle = await open(path, blobFlags);
  try {
    const stats = await handle.stat();
    // A blob that was truncated after the part that is read is invalid too.
    if (!stats.isFile() || stats.size !== size) throw objectChanged(key);
    return await readExactly(handle, length, key);
  } finally {
    await handle.close();
  }
}

/** The SHA-256 of the stored content, read in pieces; null if it cannot be read. */
async function hashBlob(path: string): Promise<string | null> {
  try {
    const handle = await open(path, blobFlags);
    try {
      if (!(await handle.stat()).isFile()) return null;
      const hash = createHash('sha256');
      for await (const piece of handle.createReadStream({ autoClose: false, highWaterMark: pieceBytes })) {
        hash.update(piece);
      }
      return hash.digest('hex');
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    return null;
  }
}

/** Removes the leftovers of dead writers. */
function removeLeftovers(temporary: string): void {
  for (const name of readdirSync(temporary)) {
    const path = join(temporary, name);
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (stats?.isFile() && Date.now() - stats.mtimeMs > leftoverAgeMs) rmSync(path, { force: true });
  }
}
