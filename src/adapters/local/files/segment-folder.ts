import { randomUUID } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { RearviewError } from '../../../domain/errors.ts';
import { makePrivateFolder, privateFileMode } from '../../../files/private-files.ts';
import type { SegmentStore } from '../../../ports/segment-store.ts';
import { translateFileError } from './file-errors.ts';

const segmentName = /^[0-9a-f]{64}$/;

/** Segments as files of a folder, which is made when the first is stored. It may be deleted. */
export function createSegmentFolder(dir: string): SegmentStore {
  const pathOf = (name: string): string => {
    if (!segmentName.test(name)) throw new RearviewError('ERR_STATE', `Invalid name of a segment: "${name}".`);
    return join(dir, name);
  };

  return {
    async put(name, bytes) {
      makePrivateFolder(dir);
      const temporary = join(dir, `${randomUUID()}.tmp`);
      try {
        const file = await open(temporary, 'wx', privateFileMode);
        try {
          await file.writeFile(bytes);
          await file.sync();
        } finally {
          await file.close();
        }
        await rename(temporary, pathOf(name));
      } catch (error) {
        await rm(temporary, { force: true });
        throw translateFileError(error, name);
      }
    },
    async read(name, start, length) {
      // Small reads, mostly of what the system has in memory: without a thread they take a tenth of
      // the time.
      try {
        const file = openSync(pathOf(name), 'r');
        try {
          const bytes = new Uint8Array(length);
          for (let at = 0; at < length; ) {
            const bytesRead = readSync(file, bytes, at, length - at, start + at);
            if (bytesRead === 0) throw new RearviewError('ERR_OBJECT_GONE', `The segment ${name} is too short.`);
            at += bytesRead;
          }
          return bytes;
        } finally {
          closeSync(file);
        }
      } catch (error) {
        throw translateFileError(error, name);
      }
    },
    async list() {
      const names = await readdir(dir).catch(() => []);
      return names.filter((name) => segmentName.test(name));
    },
    remove: (name) => rm(pathOf(name), { force: true }),
  };
}
