/** Indexes of names that start with a prefix, ascending; with `before`, only those below it. */
export type FindByPrefix = (prefix: string, before?: number) => readonly number[];

/**
 * Prepares a search of names by prefix. Each prefix is searched once: all results together are no
 * larger than all names, whatever the number of queries.
 */
export function createNameIndex(names: readonly string[]): FindByPrefix {
  const nameAt = (place: number) => names[place] ?? '';
  const sorted = names.map((_, place) => place).sort((a, b) => compare(nameAt(a), nameAt(b)));
  const known = new Map<string, readonly number[]>();
  const search = (prefix: string): readonly number[] => {
    const first = firstIndex(sorted.length, (index) => nameAt(sorted[index] ?? 0) >= prefix);
    let end = first;
    while (end < sorted.length && nameAt(sorted[end] ?? 0).startsWith(prefix)) end += 1;
    return sorted.slice(first, end).sort((a, b) => a - b);
  };
  return (prefix, before = names.length) => {
    const found = known.get(prefix) ?? search(prefix);
    known.set(prefix, found);
    return found.slice(
      0,
      firstIndex(found.length, (index) => (found[index] ?? 0) >= before),
    );
  };
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** Returns the first index from which the condition is true; `length` if there is none. */
function firstIndex(length: number, holds: (index: number) => boolean): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
