import { createHash } from 'node:crypto';
import { type Facts, headBytes } from './facts.ts';

/** Returns the facts of a content. Hashes that are known (not empty) need not be calculated again. */
export function factsOf(bytes: Uint8Array, known: { readonly sha256?: string; readonly md5?: string } = {}): Facts {
  const hash = (name: string) => createHash(name).update(bytes).digest('hex');
  return {
    size: bytes.length,
    head: headOf(bytes),
    md5: known.md5 || hash('md5'),
    sha256: known.sha256 || hash('sha256'),
  };
}

/** A copy, which `slice` of a buffer is not: the next content may go to the same memory. */
export function headOf(bytes: Uint8Array): Uint8Array {
  return Uint8Array.from(bytes.subarray(0, headBytes));
}
