import { factsOf } from '../rules/requirement/facts-of.ts';
import { type ContentFilter, createContentFilter } from './content-filter.ts';
import { type IndexedContent, unknownFacts } from './indexed-object.ts';

/** Contents of one object that are kept apart; the others are kept together. */
const maxContents = 16;

/** Collects what the index keeps of an object, while it and its members are scanned. */
export interface ContentCollector {
  /** @param known hashes that need not be calculated again */
  add(bytes: Uint8Array, known?: Parameters<typeof factsOf>[1]): void;
  result(): readonly IndexedContent[];
}

export function createContentCollector(): ContentCollector {
  const contents: IndexedContent[] = [];
  const seen = new Set<string>();
  let others: ContentFilter | null = null;
  return {
    add(bytes, known) {
      const facts = factsOf(bytes, known);
      if (facts.sha256 !== null && seen.has(facts.sha256)) return;
      seen.add(facts.sha256 ?? '');
      const filter = createContentFilter(bytes);
      if (contents.length < maxContents) contents.push({ facts, filter });
      else others = others === null ? filter : joinFilters(others, filter);
    },
    result: () => (others === null ? contents : [...contents, { facts: unknownFacts, filter: others }]),
  };
}

/** The filter of both. It stays as large as the larger one: what is joined often is dense. */
export function joinFilters(one: ContentFilter, other: ContentFilter): ContentFilter {
  const size = Math.max(one.size, other.size);
  const [first, second] = [unfold(one, size), unfold(other, size)];
  return { size, bits: first.bits.map((word, index) => word | (second.bits[index] ?? 0)) };
}

/** A larger filter with the same grams: each bit stands for both that it was folded from. */
function unfold(filter: ContentFilter, size: number): ContentFilter {
  let unfolded = filter;
  while (unfolded.size < size) {
    const bits = new Uint32Array(unfolded.bits.length * 2);
    for (let bit = 0; bit < 2 ** unfolded.size; bit += 1) {
      if (((unfolded.bits[bit >>> 5] ?? 0) & (1 << (bit & 31))) === 0) continue;
      bits[bit >>> 4] = (bits[bit >>> 4] ?? 0) | (3 << ((2 * bit) & 31));
    }
    unfolded = { size: unfolded.size + 1, bits };
  }
  return unfolded;
}
