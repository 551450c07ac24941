import { factsOf } from '../rules/requirement/facts-of.ts';
import { type ContentFilter, createContentFilter, joinFilters } from './content-filter.ts';
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
