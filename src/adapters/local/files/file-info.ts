import type { BigIntStats } from 'node:fs';
import { RearviewError } from '../../../domain/errors.ts';
import type { ObjectInfo } from '../../../domain/objects/object.ts';

/** What `lstat` says of a file, as an object. */
export function infoOf(bucket: string, key: string, stats: BigIntStats): ObjectInfo {
  if (!stats.isFile()) throw new RearviewError('ERR_OBJECT_UNSUPPORTED', `${key} is not a regular file.`);
  return {
    bucket,
    key,
    // The time of the last change of status cannot be set back, as that of the last modification can.
    version: `${stats.mtimeNs}-${stats.ctimeNs}-${stats.size}-${stats.ino}`,
    size: Number(stats.size),
    arrivedAt: timeOf(stats.mtimeMs),
  };
}

const earliest = Date.UTC(1900, 0);
const latest = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/**
 * Anyone may set the modification time of a file of theirs to any second that the file system can hold, which is more than a `Date` can, and
 * years beyond four digits do not sort as text. Such a time is cut: it must not keep the file from being listed.
 */
function timeOf(mtimeMs: bigint): string {
  return new Date(Math.min(Math.max(Number(mtimeMs), earliest), latest)).toISOString();
}
