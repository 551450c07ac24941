import { constants, gunzipSync, inflateRawSync, type ZlibOptions } from 'node:zlib';
import type { Room } from '../types.ts';

/** What was inflated. */
export interface Inflated {
  readonly bytes: Uint8Array;
  /** Bytes of the data that were read. */
  readonly read: number;
  /** Whether the data ended before its end mark. */
  readonly isCut: boolean;
}

const minChunk = 16_384;
const maxChunk = 1024 * 1024;

/**
 * Inflates data that is in memory.
 * @param format `raw`, or `gzip` with any number of members
 * @param size the size that its header states, for speed
 * @returns null if it is damaged, or larger than `maxBytes`
 * @throws LimitReached after 20,000 calls that failed in a file
 */
export function inflate(
  data: Uint8Array,
  {
    format,
    size,
    maxBytes,
    room,
  }: {
    readonly format: 'raw' | 'gzip';
    readonly size: number;
    readonly maxBytes: number;
    readonly room: Pick<Room, 'zlibFailed'>;
  },
): Inflated | null {
  const chunkSize = Math.min(maxChunk, Math.max(minChunk, size));
  const options = { maxOutputLength: Math.max(1, maxBytes), chunkSize };
  const call = format === 'raw' ? inflateRawSync : gunzipSync;
  const run = (more: ZlibOptions, isCut: boolean): Inflated => {
    // Types of Node do not know `info`: https://nodejs.org/api/zlib.html#class-options
    const { buffer, engine } = call(data, { ...options, ...more }) as unknown as WithInfo;
    return { bytes: buffer, read: engine.bytesWritten, isCut };
  };
  try {
    return run({ info: true }, false);
  } catch (error) {
    room.zlibFailed();
    if (codeOf(error) !== 'Z_BUF_ERROR' || data.length === 0) return null;
  }
  try {
    return run({ info: true, finishFlush: constants.Z_SYNC_FLUSH }, true);
  } catch {
    room.zlibFailed();
    return null;
  }
}

interface WithInfo {
  readonly buffer: Buffer;
  readonly engine: { readonly bytesWritten: number };
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
