import { bufferOf, hasAt, latin1 } from './bytes/read.ts';
import { findOverlay } from './executables/overlay.ts';
import type { Probe } from './types.ts';

const headBytes = 4096;
/** Bytes in which archivers look for the start of an archive, whatever comes before it. */
export const searchedBytes = 1024 * 1024;

export function createProbe(bytes: Uint8Array): Probe {
  let head: string | undefined;
  let overlay: number | null | undefined;
  const firsts = new Map<string, number>();
  return {
    bytes,
    has: (expected, offset = 0) => hasAt(bytes, expected, offset),
    get head() {
      head ??= latin1(bytes, 0, headBytes);
      return head;
    },
    get overlay() {
      if (overlay === undefined) overlay = findOverlay(bytes);
      return overlay;
    },
    firstOf(expected) {
      const first = firsts.get(expected) ?? bufferOf(bytes.subarray(0, searchedBytes)).indexOf(expected, 0, 'latin1');
      firsts.set(expected, first);
      return first;
    },
  };
}
