import { defaultMaxMemoryBytes } from '../engine/yara.ts';

/** Memory for the ruleset and for everything derived from a file besides its bytes. */
const besidesFile = 512 * 1024 * 1024;
/** Limit of 32-bit addresses. */
const most = 4 * 1024 ** 3;

/** Returns the engine memory in bytes that is enough to scan files of this size. */
export function engineMemoryFor(maxFileBytes: number): number {
  return Math.min(most, Math.max(defaultMaxMemoryBytes, maxFileBytes + besidesFile));
}
