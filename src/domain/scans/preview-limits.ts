import type { ObjectRef } from '../objects/object.ts';
import type { CorpusArea } from './preview.ts';

/**
 * Limits of previews. They belong to the target, not to the previewed change. The planner and the
 * scanner enforce them, whatever the caller requests.
 */
export interface PreviewLimits {
  /** Maximum number of objects per preview. */
  readonly maxObjects: number;
  /** Maximum number of previews that run at once; 0 disables previews. */
  readonly maxRunning: number;
  /**
   * Maximum number of rules per preview: changed rules and their dependencies, counted on both
   * sides.
   */
  readonly maxRules: number;
  /** Hours after which a running preview is cancelled. */
  readonly maxHours: number;
  /** Whether the result includes the matched bytes, in addition to their offsets and lengths. */
  readonly matchedBytes: boolean;
  /** The parts of the corpus that previews may read; null means all of it. */
  readonly within: readonly CorpusArea[] | null;
}

/** Returns whether an object belongs to one of these parts of the corpus. */
export function isWithin(
  areas: readonly CorpusArea[] | null,
  { bucket, key }: Pick<ObjectRef, 'bucket' | 'key'>,
): boolean {
  return areas === null || areas.some((area) => area.bucket === bucket && key.startsWith(area.prefix));
}

/** Returns the prefix of all keys that start with both; null if there are none. */
export function narrowerPrefix(one: string, other: string): string | null {
  if (one.startsWith(other)) return one;
  return other.startsWith(one) ? other : null;
}

/** Formats `bucket/prefix` for display. */
export function formatArea({ bucket, prefix }: CorpusArea): string {
  return prefix === '' ? bucket : `${bucket}/${prefix}`;
}
