import type { BigIntStats } from 'node:fs';
import { RearviewError } from '../../../domain/errors.ts';
import type { ObjectInfo } from '../../../domain/objects/object.ts';
import { fileVersion } from '../../../files/file-version.ts';

/** Converts the result of `lstat` for a file to an object. */
export function infoOf(bucket: string, key: string, stats: BigIntStats): ObjectInfo {
  if (stats.isSymbolicLink()) {
    throw new RearviewError('ERR_OBJECT_UNSUPPORTED', `${key} is a symbolic link, which is not followed.`);
  }
  if (!stats.isFile()) throw new RearviewError('ERR_OBJECT_UNSUPPORTED', `${key} is not a regular file.`);
  return {
    bucket,
    key,
    version: fileVersion(stats),
    size: Number(stats.size),
    arrivedAt: timeOf(stats.mtimeMs),
  };
}

const earliest = Date.UTC(1900, 0);
const latest = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/**
 * Users may set the modification time of their files to any second that the file system supports,
 * which is more than a `Date` can hold. Years beyond four digits do not sort as text. Such a time
 * is clamped: it must not prevent the file from being listed.
 */
function timeOf(mtimeMs: bigint): string {
  return new Date(Math.min(Math.max(Number(mtimeMs), earliest), latest)).toISOString();
}
