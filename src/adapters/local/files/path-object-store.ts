import { statSync } from 'node:fs';
import { type FileHandle, lstat, realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { RearviewError } from '../../../domain/errors.ts';
import type { ObjectContent, ObjectInfo, ObjectRef } from '../../../domain/objects/object.ts';
import { decodePath } from '../../../domain/objects/path-key.ts';
import { openWalked } from '../../../files/open-walked.ts';
import type { ObjectReader, ReadOptions } from '../../../ports/object-store.ts';
import { translateFileError } from './file-errors.ts';
import { infoOf } from './file-info.ts';
import { createPathLister } from './list-paths.ts';
import { bytesToRead, objectChanged, readExactly } from './read-exactly.ts';
import { readToEnd } from './read-to-end.ts';

/** Maximum bytes read of a file beyond its reported size: no memory was reserved for those. */
const mostUnreportedBytes = 16 * 1024 ** 2;

export interface PathObjectReaderOptions {
  readonly bucket: string;
  /** Folders (or files); a root that is a symbolic link is followed, those below a root are not. */
  readonly roots: readonly string[];
}

/**
 * Files in place as objects. The key is the absolute path (`encodePath`). The version changes with
 * the times of modification and change, size and inode. A symbolic link is a problem of the
 * listing and not an object: its target is one, if it is below a root.
 * @throws RearviewError `ERR_CONFIG` if a root does not exist
 */
export function createPathObjectReader({ bucket, roots }: PathObjectReaderOptions): ObjectReader {
  for (const root of roots) {
    if (statSync(root, { throwIfNoEntry: false }) === undefined) {
      throw new RearviewError('ERR_CONFIG', `The corpus folder ${resolve(root)} does not exist.`);
    }
  }
  const listPaths = createPathLister();
  return {
    bucket,
    isInPlace: true,
    async head({ key, version }) {
      const info = infoOf(bucket, key, await translated(key, () => lstat(decodePath(key), { bigint: true })));
      if (version !== undefined && info.version !== version) throw objectChanged(key);
      return info;
    },
    read: (ref, options) => translated(ref.key, () => readFile(bucket, ref, options)),
    async list({ filter = {}, after, limit }) {
      const absolute = await Promise.all(roots.map((root) => realpath(root).catch(() => resolve(root))));
      return listPaths({ bucket, roots: absolute, filter, after, limit });
    },
  };
}

async function readFile(bucket: string, ref: ObjectRef, options: ReadOptions): Promise<ObjectContent> {
  const handle = await openWalked(decodePath(ref.key));
  try {
    const info = infoOf(bucket, ref.key, await handle.stat({ bigint: true }));
    if (info.version !== ref.version) throw objectChanged(ref.key);
    const { bytes, size } = await readContent(handle, info, options);
    const after = infoOf(bucket, ref.key, await handle.stat({ bigint: true }));
    if (after.version !== info.version) throw objectChanged(ref.key);
    return { ...info, size, bytes, metadata: {} };
  } finally {
    await handle.close();
  }
}

/** The content and its actual size, which may differ from the size in the file system. */
async function readContent(handle: FileHandle, info: ObjectInfo, options: ReadOptions) {
  const { key, size } = info;
  const length = bytesToRead(info, options);
  if (length < size) return { bytes: await readExactly(handle, length, key), size };
  const { maxBytes, whole = true } = options;
  const limit = Math.min(maxBytes, size + mostUnreportedBytes);
  const { bytes, isWhole } = await readToEnd(handle, { size, maxBytes: limit });
  if (isWhole) return { bytes, size: bytes.length };
  if (!whole) return { bytes, size: bytes.length + 1 };
  throw new RearviewError(
    'ERR_OBJECT_TOO_LARGE',
    `${key} reports ${size} bytes and has more than the limit of ${limit}.`,
  );
}

async function translated<T>(key: string, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    throw translateFileError(error, key);
  }
}
