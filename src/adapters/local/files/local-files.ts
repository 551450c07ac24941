import type { BigIntStats } from 'node:fs';
import { type FileHandle, lstat } from 'node:fs/promises';
import { messageOf, RearviewError } from '../../../domain/errors.ts';
import { encodePath } from '../../../domain/objects/path-key.ts';
import { openWalked } from '../../../files/open-walked.ts';
import { codeOf } from '../../../files/system-error.ts';
import type { FileSource, FileState } from '../../../ports/file-source.ts';
import { translateFileError } from './file-errors.ts';
import { infoOf } from './file-info.ts';

/** Large enough to read a gigabyte in few calls, small enough to hold a few hundred. */
const pieceBytes = 256 * 1024;

/**
 * The files of this machine. Locations are those of `walkPaths`: a file whose path now leads
 * elsewhere is not opened.
 */
export const localFiles: FileSource = {
  state: (location) => translated(location, async () => stateOf(location, await lstatOf(location))),
  async open(location) {
    const handle = await translated(location, () => openWalked(bufferOf(location)));
    return {
      state: () => translated(location, async () => stateOf(location, await handle.stat({ bigint: true }))),
      read: () => readPieces(location, handle),
      close: () => handle.close(),
    };
  },
};

async function* readPieces(location: Uint8Array, handle: FileHandle): AsyncGenerator<Uint8Array> {
  for (let position = 0; ; ) {
    const piece = Buffer.allocUnsafeSlow(pieceBytes);
    const at = position;
    const { bytesRead } = await translated(location, () => handle.read(piece, 0, pieceBytes, at));
    if (bytesRead === 0) return;
    position += bytesRead;
    yield piece.subarray(0, bytesRead);
  }
}

function stateOf(location: Uint8Array, stats: BigIntStats): FileState {
  const { version, size, arrivedAt } = infoOf('', encodePath(location), stats);
  return { fingerprint: version, size, modifiedAt: arrivedAt, changedAtMs: Number(stats.ctimeMs) };
}

function lstatOf(location: Uint8Array): Promise<BigIntStats> {
  return lstat(bufferOf(location), { bigint: true });
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

async function translated<T>(location: Uint8Array, step: () => Promise<T>): Promise<T> {
  const path = encodePath(location);
  try {
    return await step();
  } catch (error) {
    const known = translateFileError(error, path);
    // A bad sector, a server that is away, too many open files: only this file cannot be read now.
    if (known === error && codeOf(error) !== undefined && !(error instanceof RearviewError)) {
      throw new RearviewError('ERR_UNAVAILABLE', `Cannot read ${path}: ${messageOf(error)}. Try again.`, {
        retryable: true,
        cause: error,
      });
    }
    throw known;
  }
}
