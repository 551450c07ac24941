import { constants, inflateRawSync, inflateSync } from 'node:zlib';
import { Inflate, Unzlib } from 'fflate';
import type { Room } from '../types.ts';
import type { Output } from './output.ts';

/** Compressed bytes after which the room is asked again, in a stream that is damaged or large. */
const stepBytes = 512;

/**
 * Decompresses a stream of zlib (RFC 1950), or without its header (RFC 1951). What follows its end
 * is ignored; one that is truncated gives what it has.
 * @throws Error where it is damaged; the output has what comes before
 * @throws LimitReached after 20,000 damaged streams in a file
 */
export function inflate(data: Uint8Array, output: Output, room: Room, format: 'zlib' | 'raw' = 'zlib'): void {
  if (data.length === 0) return;
  const whole = inflateAtOnce(data, room, format);
  if (whole !== null) output.append(whole);
  else inflateBySteps(data, output, format);
}

/** Null if it is damaged, or too large. */
function inflateAtOnce(data: Uint8Array, room: Room, format: 'zlib' | 'raw'): Uint8Array | null {
  const maxOutputLength = room.allowance();
  if (maxOutputLength < 1) return null;
  const options = { maxOutputLength, finishFlush: constants.Z_SYNC_FLUSH };
  try {
    return format === 'zlib' ? inflateSync(data, options) : inflateRawSync(data, options);
  } catch {
    room.zlibFailed();
    return null;
  }
}

function inflateBySteps(data: Uint8Array, output: Output, format: 'zlib' | 'raw'): void {
  const append = (part: Uint8Array) => output.append(part);
  const stream = format === 'zlib' ? new Unzlib(append) : new Inflate(append);
  for (let at = 0; at < data.length; at += stepBytes) {
    stream.push(data.subarray(at, at + stepBytes), false);
  }
}
