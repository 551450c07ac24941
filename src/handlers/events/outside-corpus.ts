import { type CorpusBucket, isInCorpus } from '../../targets/aws/corpus-buckets.ts';
import type { ArrivedObject, EventItem } from './work-items.ts';

/**
 * Ignores events of objects outside the prefix of their bucket: the corpus ends there, and the role
 * may read no further. For a bucket that is not in the corpus at all the event stays, and fails.
 */
export function ignoreOutside(item: EventItem, buckets: readonly CorpusBucket[]): EventItem {
  if (item.type !== 'object') return item;
  const prefix = prefixMissed(item.object, buckets);
  if (prefix === null) return item;
  const { bucket, key } = item.object;
  return { type: 'ignored', reason: 'outside_corpus', detail: `${bucket}/${key} does not begin with ${prefix}` };
}

/** The prefix of its bucket that the key does not begin with; null if there is none. */
export function prefixMissed(
  { bucket, key }: Pick<ArrivedObject, 'bucket' | 'key'>,
  buckets: readonly CorpusBucket[],
): string | null {
  const place = buckets.find(({ name }) => name === bucket);
  return place === undefined || isInCorpus(key, place) ? null : place.prefix;
}
