import { createHash } from 'node:crypto';
import { type ObjectRef, objectId } from '../objects/object.ts';

/**
 * Returns whether an object belongs to a sample of this share (0: none, 1: all). Only a hash of the
 * object version decides. Therefore every caller gets the same result, in any order and independent
 * of other objects. A larger sample contains every smaller one.
 */
export function isInSample(object: ObjectRef, share: number): boolean {
  const hash = createHash('sha256').update(objectId(object)).digest();
  return hash.readUInt32BE(0) < share * 2 ** 32;
}
