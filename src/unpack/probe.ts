import { hasAt, latin1 } from './bytes/read.ts';
import { findOverlay } from './executables/overlay.ts';
import type { Probe } from './types.ts';

const headBytes = 4096;

export function createProbe(bytes: Uint8Array): Probe {
  let head: string | undefined;
  let overlay: number | null | undefined;
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
  };
}
