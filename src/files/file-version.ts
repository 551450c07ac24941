import type { BigIntStats } from 'node:fs';

/**
 * A text that changes with the content of a file. The time of the last change of status cannot be
 * set back, unlike that of the last modification.
 */
export function fileVersion({ mtimeNs, ctimeNs, size, ino }: BigIntStats): string {
  return `${mtimeNs}-${ctimeNs}-${size}-${ino}`;
}
