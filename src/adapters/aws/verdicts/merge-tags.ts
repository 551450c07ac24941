/** A tag of an object. */
export interface ObjectTag {
  readonly key: string;
  readonly value: string;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html */
export const maxTags = 10;

/** A set of tags to be written, and what did not fit into it. */
export interface MergedTags {
  readonly tags: readonly ObjectTag[];
  readonly leftOut: readonly ObjectTag[];
}

/**
 * The tags that are there, in their order, with `wanted` put in: those of the same key have the new value, the others follow as long as there is room,
 * the first first. No tag that is there is lost.
 */
export function mergeTags(present: readonly ObjectTag[], wanted: readonly ObjectTag[]): MergedTags {
  const values = new Map(wanted.map(({ key, value }) => [key, value]));
  const kept = present.map(({ key, value }) => ({ key, value: values.get(key) ?? value }));
  const known = new Set(present.map(({ key }) => key));
  const added = wanted.filter(({ key }) => !known.has(key));
  const room = Math.max(0, maxTags - kept.length);
  return { tags: [...kept, ...added.slice(0, room)], leftOut: added.slice(room) };
}
