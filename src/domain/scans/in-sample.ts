import { createHash } from 'node:crypto';
import { type ObjectRef, objectId } from '../objects/object.ts';

/**
 * Whether the object belongs to a sample of this share (0: none, 1: all). Decided by a hash of the object version alone: alike whoever asks, in
 * whatever order objects come, and whatever becomes of the others; a larger sample has all that a smaller one has.
 */
export function isInSample(object: ObjectRef, share: number): boolean {
  const hash = createHash('sha256').update(objectId(object)).digest();
  return hash.readUInt32BE(0) < share * 2 ** 32;
}
