import { defaultMaxMemoryBytes } from '../engine/yara.ts';

/** Room for the ruleset, and for what is made of a file besides its bytes. */
const besidesFile = 512 * 1024 * 1024;
/** Addresses of 32 bits. */
const most = 4 * 1024 ** 3;

/** Bytes of engine memory with which files of this size can be scanned. */
export function engineMemoryFor(maxFileBytes: number): number {
  return Math.min(most, Math.max(defaultMaxMemoryBytes, maxFileBytes + besidesFile));
}
