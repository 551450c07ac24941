import { constants } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, RearviewError } from '../../domain/errors.ts';
import { codeOf } from '../../files/system-error.ts';
import type { CliContext } from '../context.ts';

/** Interval to retry a FIFO that has no reader or a slow one. */
const pollMs = 20;

/** A file that a flag names, open for writing. */
export interface OutputFile {
  /** @throws RearviewError `ERR_CONFIG` */
  write(content: string | Uint8Array): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens a file that a flag names, and empties it. Its permissions are those of any new file, as
 * with `>` of a shell: the user chose the place.
 *
 * Waiting for a FIFO, such as `/dev/stdout` in a pipe, uses no blocking system call. Node.js waits
 * for those when it exits, so a signal would not end the process. After Ctrl-C, text without a
 * reader is not written.
 * @throws RearviewError `ERR_CONFIG` where that fails
 */
export async function openOut({ signal }: Pick<CliContext, 'signal'>, flag: string, path: string): Promise<OutputFile> {
  const translated = async <T>(step: () => Promise<T>): Promise<T> => {
    try {
      return await step();
    } catch (cause) {
      throw new RearviewError('ERR_CONFIG', `${flag}: ${path} cannot be written: ${messageOf(cause)}`, { cause });
    }
  };
  const named = await stat(path).catch(() => null);
  const handle = named?.isFIFO()
    ? await translated(() => whenReady('ENXIO', signal, () => open(path, constants.O_WRONLY | constants.O_NONBLOCK)))
    : await translated(() => open(path, 'w'));
  return {
    write: (content) => translated(async () => writeAll(handle, Buffer.from(content), signal)),
    close: async () => handle?.close(),
  };
}

/**
 * Writes a file that a flag names, as `openOut` has it.
 * @throws RearviewError `ERR_CONFIG` where that fails
 */
export async function writeOut(
  context: Pick<CliContext, 'signal'>,
  flag: string,
  path: string,
  content: string | Uint8Array,
): Promise<void> {
  const out = await openOut(context, flag, path);
  try {
    await out.write(content);
  } finally {
    await out.close();
  }
}

async function writeAll(handle: FileHandle | null, bytes: Buffer, signal: AbortSignal): Promise<void> {
  for (let at = 0; handle !== null && at < bytes.length; ) {
    const written = await whenReady('EAGAIN', signal, () => handle.write(bytes, at));
    if (written === null) return;
    at += written.bytesWritten;
  }
}

/**
 * Retries while it fails with `code`: a FIFO has no reader or is full. Null if it still fails after
 * Ctrl-C.
 */
async function whenReady<T>(code: string, signal: AbortSignal, step: () => Promise<T>): Promise<T | null> {
  for (;;) {
    try {
      return await step();
    } catch (error) {
      if (codeOf(error) !== code) throw error;
    }
    if (signal.aborted) return null;
    await sleep(pollMs, undefined, { signal }).catch(() => undefined);
  }
}
