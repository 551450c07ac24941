import type { Readable } from 'node:stream';
import { unavailable } from './s3-errors.ts';

/**
 * Reads the first `length` bytes of a body into a new buffer, and ends the body without waiting for
 * the rest.
 * @param options.size expected bytes if the body is read to its end
 * @param options.stallMs milliseconds without a byte after which the body counts as broken
 * @throws RearviewError `ERR_UNAVAILABLE` if the body is shorter or longer, breaks off, stalls, or
 *   fails its checksum
 */
export async function readBody(
  body: Readable,
  { what, length, size, stallMs }: { what: string; length: number; size: number; stallMs: number },
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(new ArrayBuffer(length));
  const stalled = new Error(`nothing arrived for ${stallMs} ms`);
  const timer = setTimeout(() => body.destroy(stalled), stallMs);
  let at = 0;
  try {
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      timer.refresh();
      if (at + chunk.length > size) throw new Error(`more than the announced ${size} bytes arrived`);
      bytes.set(chunk.subarray(0, length - at), at);
      at += Math.min(chunk.length, length - at);
      if (at === length && length < size) return bytes;
    }
  } catch (error) {
    throw unavailable(what, `${at} of ${size} bytes arrived, then ${String(error)}`, error);
  } finally {
    clearTimeout(timer);
    body.destroy();
  }
  if (at !== size) throw unavailable(what, `${at} of ${size} bytes arrived`);
  return bytes;
}
