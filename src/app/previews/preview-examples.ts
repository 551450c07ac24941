import type { ObjectRef } from '../../domain/objects/object.ts';
import type { PreviewString } from '../../domain/scans/preview.ts';

/** How the match of a rule on one object changed: it matches only now, only before, or both. */
export type MatchState = 'gained' | 'lost' | 'kept';

/** An object that a previewed rule matched. */
export interface PreviewExample extends ObjectRef {
  readonly sha256: string;
  readonly state: MatchState;
  /** Strings of the rule as it is now; if it no longer matches, of the rule as it was. */
  readonly strings: readonly PreviewString[];
}

/** Most examples of one rule. */
export const maxPreviewExamples = 5;
/** The order in which a reviewer wants to see examples. */
const rank: Readonly<Record<MatchState, number>> = { gained: 0, lost: 1, kept: 2 };

/**
 * Keeps the first few of all examples: gained before lost before kept, then by bucket, key and
 * version. Only the first object of a content: a hundred copies of one file say no more than one.
 * Which ones these are does not depend on the order in which they come.
 */
export function createPreviewExamples() {
  let kept: readonly PreviewExample[] = [];
  return {
    add(example: PreviewExample) {
      const last = kept[maxPreviewExamples - 1];
      if (last !== undefined && compare(last, example) <= 0) return;
      const same = kept.find(({ sha256 }) => sha256 === example.sha256);
      if (same !== undefined && compare(same, example) <= 0) return;
      kept = [...kept.filter((each) => each !== same), example].sort(compare).slice(0, maxPreviewExamples);
    },
    list: () => kept,
  };
}

function compare(a: PreviewExample, b: PreviewExample): number {
  return rank[a.state] - rank[b.state] || compareRefs(a, b);
}

/** By bucket, key and version, as text. */
export function compareRefs(a: ObjectRef, b: ObjectRef): number {
  for (const field of ['bucket', 'key', 'version'] as const) {
    if (a[field] !== b[field]) return a[field] < b[field] ? -1 : 1;
  }
  return 0;
}
