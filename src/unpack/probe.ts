import { findOverlay } from './executables/overlay.ts';
import type { Probe } from './types.ts';

const headBytes = 4096;

export function createProbe(bytes: Uint8Array): Probe {
  let head: string | undefined;
  let overlay: number | null | undefined;
  return {
    bytes,
    has(expected, offset = 0) {
      if (offset + expected.length > bytes.length) return false;
      for (let at = 0; at < expected.length; at += 1) {
        if (bytes[offset + at] !== expected.charCodeAt(at)) return false;
      }
      return true;
    },
    get head() {
      head ??= Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, headBytes)).toString('latin1');
      return head;
    },
    get overlay() {
      if (overlay === undefined) overlay = findOverlay(bytes);
      return overlay;
    },
  };
}
