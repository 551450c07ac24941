import type { ObjectRef } from '../domain/objects/object.ts';
import type { Facts } from '../rules/requirement/facts.ts';
import type { ContentFilter } from './content-filter.ts';

/** One content, or several together: then their facts are not known. */
export interface IndexedContent {
  readonly facts: Facts;
  readonly filter: ContentFilter;
}

/**
 * What the index keeps of an object version: of its own content, and of all members that a scan
 * under the same limits opens.
 */
export interface IndexedObject extends ObjectRef {
  /** Bytes of the object. */
  readonly size: number;
  /** At least one. */
  readonly contents: readonly IndexedContent[];
}

/** Facts of which none is known. */
export const unknownFacts: Facts = { size: null, head: null, md5: null, sha256: null };
