import { createHash, randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { privateFileMode, privateFolderMode, requirePrivateFolder } from '../../../files/private-files.ts';
import { codeOf } from '../../../files/system-error.ts';
import { translateFileError } from './file-errors.ts';

/** Path of the content with that SHA-256. */
export function blobPath(dir: string, sha256: string): string {
  return join(dir, sha256.slice(0, 2), sha256);
}

/**
 * Writes a content under its hash: to a temporary file, synced, renamed. A writer that dies leaves
 * a temporary file and nothing else. An existing blob is replaced, so that damaged bytes are
 * repaired.
 * @throws RearviewError `ERR_STORAGE_FULL`, and any error of reading the content
 */
export async function storeBlob(options: {
  readonly dir: string;
  /** A folder on the same file system. */
  readonly temporary: string;
  /** Identifies the object in errors. */
  readonly key: string;
  readonly content: Uint8Array | AsyncIterable<Uint8Array>;
}): Promise<{ readonly sha256: string; readonly size: number }> {
  const path = join(options.temporary, randomUUID());
  try {
    const written = await writeHashed(path, options.content);
    const target = blobPath(options.dir, written.sha256);
    const isNew = await makeFolder(dirname(target));
    // Also over an existing blob, which may be damaged: that costs less than reading it to check.
    await rename(path, target);
    await syncFolder(dirname(target));
    if (isNew) await syncFolder(options.dir);
    return written;
  } catch (error) {
    await rm(path, { force: true });
    throw translateFileError(error, options.key);
  }
}

async function writeHashed(path: string, content: Uint8Array | AsyncIterable<Uint8Array>) {
  const hash = createHash('sha256');
  let size = 0;
  const handle = await open(path, 'wx', privateFileMode);
  try {
    const write = async (chunk: Uint8Array) => {
      hash.update(chunk);
      size += chunk.length;
      await writeAll(handle, chunk);
    };
    if (content instanceof Uint8Array) await write(content);
    else for await (const chunk of content) await write(chunk);
    await handle.sync();
  } finally {
    await handle.close();
  }
  return { sha256: hash.digest('hex'), size };
}

async function writeAll(handle: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let at = 0; at < chunk.length; ) {
    const { bytesWritten } = await handle.write(chunk, at, chunk.length - at);
    at += bytesWritten;
  }
}

/** Returns whether it was new. */
async function makeFolder(path: string): Promise<boolean> {
  try {
    await mkdir(path, { mode: privateFolderMode });
    return true;
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    requirePrivateFolder(path);
    return false;
  }
}

/** Makes a rename durable; if folders cannot be synced, that is left to the file system. */
async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r').catch(() => null);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}
