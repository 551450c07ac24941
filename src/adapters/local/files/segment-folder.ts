import { randomUUID } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { open, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, RearviewError } from '../../../domain/errors.ts';
import { DamagedSegment, parseSegmentFile, type Segment, segmentFile } from '../../../domain/scans/segment.ts';
import { notRegular } from '../../../files/not-regular.ts';
import { readOnly } from '../../../files/open-walked.ts';
import { makePrivateFolder, privateFileMode } from '../../../files/private-files.ts';
import { codeOf } from '../../../files/system-error.ts';
import type { SegmentStore } from '../../../ports/segment-store.ts';
import { translateFileError } from './file-errors.ts';

/** The name of a file that is being written. */
const temporaryEnding = '.tmp';
/** A write takes seconds: what is older was left by a process that was killed. */
const leftoverMs = 60 * 60 * 1000;

/**
 * Segments as files of a folder, which is made when the first is stored; retired ones are in
 * `retired`. The folder may be deleted. Before its first segment is stored, files that killed
 * processes left half-written are removed.
 */
export function createSegmentFolder(dir: string): SegmentStore {
  const retired = join(dir, 'retired');
  let cleaned: Promise<void> | undefined;
  const segmentsIn = async (folder: string): Promise<readonly Segment[]> => {
    const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT') return [];
      throw new RearviewError(
        'ERR_CONFIG',
        `The folder ${folder} of the index cannot be listed: ${messageOf(error)}.`,
        {
          cause: error,
        },
      );
    });
    // Others are no segments, and reading them could block.
    const files = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
    return files.sort().flatMap((file) => parseSegmentFile(file) ?? []);
  };

  return {
    async put(segment, bytes) {
      makePrivateFolder(dir);
      cleaned ??= removeLeftovers(dir);
      await cleaned;
      const temporary = join(dir, `${randomUUID()}${temporaryEnding}`);
      try {
        const file = await open(temporary, 'wx', privateFileMode);
        try {
          await file.writeFile(bytes);
          await file.sync();
        } finally {
          await file.close();
        }
        await rename(temporary, join(dir, segmentFile(segment)));
      } catch (error) {
        await rm(temporary, { force: true });
        throw translateFileError(error, segment.name);
      }
    },
    async read(segment, start, length) {
      // Small reads, mostly of what the system has in memory: without a thread they take a tenth of
      // the time.
      try {
        const file = openEither(join(dir, segmentFile(segment)), join(retired, segmentFile(segment)));
        try {
          const bytes = new Uint8Array(length);
          for (let at = 0; at < length; ) {
            const bytesRead = readSync(file, bytes, at, length - at, start + at);
            if (bytesRead === 0) throw new DamagedSegment('its file is too short');
            at += bytesRead;
          }
          return bytes;
        } finally {
          closeSync(file);
        }
      } catch (error) {
        throw translateFileError(error, segment.name);
      }
    },
    list: () => segmentsIn(dir),
    async retire(segment) {
      makePrivateFolder(retired);
      const file = segmentFile(segment);
      try {
        await rename(join(dir, file), join(retired, file));
        const now = new Date();
        await utimes(join(retired, file), now, now);
      } catch (error) {
        if (codeOf(error) !== 'ENOENT') throw translateFileError(error, segment.name);
      }
    },
    async listRetired() {
      const segments = await segmentsIn(retired);
      const found = segments.map(async (segment) => {
        const info = await stat(join(retired, segmentFile(segment))).catch(() => null);
        return info === null ? [] : [{ segment, retiredAt: info.mtimeMs }];
      });
      return (await Promise.all(found)).flat();
    },
    remove: (segment) => rm(join(retired, segmentFile(segment)), { force: true, recursive: true }),
  };
}

/** They only take room: one that cannot be removed stays. */
async function removeLeftovers(dir: string): Promise<void> {
  const files = await readdir(dir).catch(() => []);
  for (const file of files.filter((each) => each.endsWith(temporaryEnding))) {
    const path = join(dir, file);
    const info = await stat(path).catch(() => null);
    if (info !== null && Date.now() - info.mtimeMs > leftoverMs) await rm(path, { force: true }).catch(() => undefined);
  }
}

function openEither(path: string, other: string): number {
  try {
    return openRegular(path);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    return openRegular(other);
  }
}

function openRegular(path: string): number {
  let file: number;
  try {
    file = openSync(path, readOnly);
  } catch (error) {
    throw codeOf(error) === 'ELOOP' ? new DamagedSegment('it is a link, not a regular file') : error;
  }
  const stats = fstatSync(file);
  if (stats.isFile()) return file;
  closeSync(file);
  throw new DamagedSegment(messageOf(notRegular(stats)));
}
