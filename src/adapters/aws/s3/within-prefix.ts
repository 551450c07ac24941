import type { ObjectReader } from '../../../ports/object-store.ts';

/**
 * A reader or inventory that lists only one prefix, and requests nothing else from the store: a
 * role that may list only this prefix suffices. A narrower filter is left unchanged, and one for
 * other keys is handled without a request.
 * @param prefix in the format of S3; empty: everything
 */
export function withinPrefix<T extends Pick<ObjectReader, 'list'>>(reader: T, prefix: string): T {
  if (prefix === '') return reader;
  const list: ObjectReader['list'] = async (options) => {
    const { filter = {} } = options;
    const narrowest = narrower(prefix, filter.prefix ?? '');
    if (narrowest === null) return { objects: [], problems: [], next: null };
    return reader.list({ ...options, filter: { ...filter, prefix: narrowest } });
  };
  return { ...reader, list };
}

/** Prefix of all keys that start with both; null if there are none. */
function narrower(one: string, other: string): string | null {
  if (one.startsWith(other)) return one;
  return other.startsWith(one) ? other : null;
}
