import { open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf } from '../../../files/system-error.ts';
import type { AlertWatch, SeenAlert } from '../../../ports/alert-watch.ts';
import { seenAlert } from '../../stored/seen-alert.ts';

const newline = 0x0a;
const pollMs = 50;
/** Bytes read at a time. */
const chunkBytes = 1024 ** 2;

/**
 * Reads lines that are appended to a JSON lines file from now on. Lines that are not alerts (such
 * as one that a crash left torn) are skipped.
 */
export async function openJsonlAlertWatch(file: string): Promise<AlertWatch> {
  let offset = await sizeOf(file);
  let partial = Buffer.alloc(0);

  const readNew = async (): Promise<readonly SeenAlert[]> => {
    const { bytes, restarted } = await readFrom(file, offset);
    offset = (restarted ? 0 : offset) + bytes.length;
    const text = Buffer.concat([restarted ? Buffer.alloc(0) : partial, bytes]);
    const end = text.lastIndexOf(newline) + 1;
    partial = text.subarray(end);
    return text
      .subarray(0, end)
      .toString()
      .split('\n')
      .flatMap((line) => seenAlert(line) ?? []);
  };

  return {
    name: file,
    async receive({ waitMs, signal }) {
      const until = performance.now() + waitMs;
      for (;;) {
        if (signal.aborted) return [];
        const seen = await readNew();
        const leftMs = until - performance.now();
        if (seen.length > 0 || leftMs <= 0) return seen;
        await sleep(Math.min(pollMs, leftMs), undefined, { signal }).catch(() => undefined);
      }
    },
    close: async () => [],
  };
}

async function sizeOf(file: string): Promise<number> {
  return withFile(file, 0, async (handle) => (await handle.stat()).size);
}

/** Content after `offset`; from the start, and `restarted`, if the file is shorter than before. */
async function readFrom(file: string, offset: number) {
  const nothing = { bytes: Buffer.alloc(0), restarted: false };
  return withFile(file, nothing, async (handle) => {
    const restarted = (await handle.stat()).size < offset;
    const chunk = Buffer.alloc(chunkBytes);
    const { bytesRead } = await handle.read(chunk, 0, chunkBytes, restarted ? 0 : offset);
    return { bytes: chunk.subarray(0, bytesRead), restarted };
  });
}

/** @param absent returned while the file does not exist yet */
async function withFile<T>(
  file: string,
  absent: T,
  use: (handle: Awaited<ReturnType<typeof open>>) => Promise<T>,
): Promise<T> {
  const handle = await open(file, 'r').catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  });
  if (handle === null) return absent;
  try {
    return await use(handle);
  } finally {
    await handle.close();
  }
}
