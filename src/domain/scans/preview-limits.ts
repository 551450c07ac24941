import type { ObjectRef } from '../objects/object.ts';
import type { CorpusArea } from './preview.ts';

/**
 * Limits of previews. They belong to the target, not to the change that is previewed: whoever plans and scans enforces them, whatever the caller asks for.
 */
export interface PreviewLimits {
  /** Most objects of one preview. */
  readonly maxObjects: number;
  /** Most previews that run at once; 0: there are no previews. */
  readonly maxRunning: number;
  /** Most rules of one preview, changed rules and what they depend on, counted on both sides. */
  readonly maxRules: number;
  /** A preview that has run for so many hours is cancelled. */
  readonly maxHours: number;
  /** Whether the result has the bytes that matched, besides their offsets and lengths. */
  readonly matchedBytes: boolean;
  /** The parts of the corpus that previews may read; null: all of it. */
  readonly within: readonly CorpusArea[] | null;
}

/** Whether an object belongs to one of these parts of the corpus. */
export function isWithin(
  areas: readonly CorpusArea[] | null,
  { bucket, key }: Pick<ObjectRef, 'bucket' | 'key'>,
): boolean {
  return areas === null || areas.some((area) => area.bucket === bucket && key.startsWith(area.prefix));
}

/** The prefix of what begins with both; null where nothing can. */
export function narrowerPrefix(one: string, other: string): string | null {
  if (one.startsWith(other)) return one;
  return other.startsWith(one) ? other : null;
}

/** `bucket/prefix`, for people. */
export function formatArea({ bucket, prefix }: CorpusArea): string {
  return prefix === '' ? bucket : `${bucket}/${prefix}`;
}
