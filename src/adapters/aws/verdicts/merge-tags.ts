/** A tag of an object. */
export interface ObjectTag {
  readonly key: string;
  readonly value: string;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html */
export const maxTags = 10;

/** A set of tags to write, and those that did not fit. */
export interface MergedTags {
  readonly tags: readonly ObjectTag[];
  readonly leftOut: readonly ObjectTag[];
}

/**
 * Merges `wanted` into the existing tags, in their order. Existing keys get the new value; the
 * others follow, first to last, as long as they fit. No existing tag is lost.
 */
export function mergeTags(present: readonly ObjectTag[], wanted: readonly ObjectTag[]): MergedTags {
  const values = new Map(wanted.map(({ key, value }) => [key, value]));
  const kept = present.map(({ key, value }) => ({ key, value: values.get(key) ?? value }));
  const known = new Set(present.map(({ key }) => key));
  const added = wanted.filter(({ key }) => !known.has(key));
  const room = Math.max(0, maxTags - kept.length);
  return { tags: [...kept, ...added.slice(0, room)], leftOut: added.slice(room) };
}
