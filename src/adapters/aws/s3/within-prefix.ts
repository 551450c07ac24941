import type { ObjectReader } from '../../../ports/object-store.ts';

/**
 * A reader or inventory that lists only what begins with a prefix, and asks the store for nothing else: a role that may list the bucket by this prefix
 * alone suffices. A filter that asks for less is left as it is, one that asks for what lies elsewhere is answered without asking.
 * @param prefix as S3 has it; empty: everything
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

/** What begins with both; null where nothing can. */
function narrower(one: string, other: string): string | null {
  if (one.startsWith(other)) return one;
  return other.startsWith(one) ? other : null;
}
