import type { Facts } from '../rules/requirement/facts.ts';
import { factsOf, headOf } from '../rules/requirement/facts-of.ts';
import { type ContentFilter, createContentFilter, joinFilters } from './content-filter.ts';
import { type IndexedContent, unknownFacts } from './indexed-object.ts';

/** Contents of one object that are kept apart; the others are kept together. */
const maxContents = 16;

/** Collects what the index keeps of an object, while it and its members are scanned. */
export interface ContentCollector {
  /** @param known hashes that need not be calculated again */
  add(bytes: Uint8Array, known?: Parameters<typeof factsOf>[1]): void;
  /** Adds a member. Its other hashes are not calculated: rules that compare them read it. */
  addMember(bytes: Uint8Array, sha256: string): void;
  result(): readonly IndexedContent[];
}

export function createContentCollector(): ContentCollector {
  const contents: IndexedContent[] = [];
  const seen = new Set<string>();
  let others: ContentFilter | null = null;
  const addOnce = (bytes: Uint8Array, facts: Facts): void => {
    if (facts.sha256 !== null && seen.has(facts.sha256)) return;
    seen.add(facts.sha256 ?? '');
    const filter = createContentFilter(bytes);
    if (contents.length < maxContents) contents.push({ facts, filter });
    else others = others === null ? filter : joinFilters(others, filter);
  };
  return {
    add(bytes, known) {
      addOnce(bytes, factsOf(bytes, known));
    },
    addMember(bytes, sha256) {
      if (!seen.has(sha256)) addOnce(bytes, { size: bytes.length, head: headOf(bytes), md5: null, sha256 });
    },
    result: () => (others === null ? contents : [...contents, { facts: unknownFacts, filter: others }]),
  };
}
