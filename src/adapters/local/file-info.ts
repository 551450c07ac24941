import type { BigIntStats } from 'node:fs';
import { RearviewError } from '../../domain/errors.ts';
import type { ObjectInfo } from '../../domain/object.ts';

/** What `lstat` says of a file, as an object. */
export function infoOf(bucket: string, key: string, stats: BigIntStats): ObjectInfo {
  if (!stats.isFile()) throw new RearviewError('ERR_OBJECT_UNSUPPORTED', `${key} is not a regular file.`);
  return {
    bucket,
    key,
    version: `${stats.mtimeNs}-${stats.size}-${stats.ino}`,
    size: Number(stats.size),
    arrivedAt: stats.mtime.toISOString(),
  };
}
