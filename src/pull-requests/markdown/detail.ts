import type { ReviewSection } from '../section.ts';
import { type Html, html } from './html.ts';

/** Amount of detail of a section: entries of each list, and characters of each text. */
export interface Detail {
  readonly items: number;
  readonly text: number;
  /** Entries of each list that are seen without unfolding where a gate fails. */
  readonly lead: number;
  /** What a section may take from the rest of its review. Absent where it is shown alone. */
  readonly facts?: ReviewFacts;
}

/** What the view of a section may take from the rest of its review. */
export interface ReviewFacts {
  readonly sections: readonly ReviewSection[];
  /** Address of the files of the commit, ending in `/`. Null: there is no commit to link to. */
  readonly sourceUrl: string | null;
  /** Names that rules of several namespaces have. */
  readonly sharedNames: ReadonlySet<string>;
}

/**
 * Steps of detail, from all to none. If a review is too long, its longest section goes down a step
 * until it fits. The last step shows only the summary line.
 */
export const detailSteps: readonly [Detail, ...Detail[]] = [
  { items: 1000, text: 2000, lead: 10 },
  { items: 300, text: 1000, lead: 10 },
  { items: 100, text: 500, lead: 10 },
  { items: 30, text: 500, lead: 5 },
  { items: 8, text: 160, lead: 3 },
  { items: 0, text: 0, lead: 0 },
];

/** Most reasons that a gate gives at the top of a review. */
const maxReasons = 3;

/** The first reasons of a failed gate, with the number of the others. */
export function reasonsOf<T>(list: readonly T[], { lead }: Detail, make: (each: T) => Html): readonly Html[] {
  const shown = list.slice(0, Math.min(maxReasons, lead));
  const rest = list.length - shown.length;
  return shown.length === 0 ? [] : [...shown.map(make), ...(rest === 0 ? [] : [html`${rest} more`])];
}

/** Splits a list into the entries that a failed gate shows at once, and the folded ones. */
export function splitLead<T>(
  list: readonly T[],
  { lead }: Detail,
  verdict: ReviewSection['verdict'],
): readonly [lead: readonly T[], folded: readonly T[]] {
  const count = verdict === 'failed' ? lead : 0;
  return [list.slice(0, count), list.slice(count)];
}

/** Says that the fold of a gate has more than is shown above it. */
export function moreBelow(folded: readonly unknown[], lead: readonly unknown[]): readonly Html[] {
  return lead.length === 0 || folded.length === 0 ? [] : [html`<p>${folded.length} more in the details below.</p>`];
}

/** The entries that are shown. */
export function shownOf<T>(list: readonly T[], { items }: Detail): readonly T[] {
  return list.slice(0, items);
}

/**
 * Number of entries that a list does not show, including those that the section left out. No log
 * has those, so the text names no place.
 */
export function leftOut(list: readonly unknown[], detail: Detail, omitted = 0): readonly Html[] {
  const count = Math.max(0, list.length - detail.items) + omitted;
  return count === 0 ? [] : [html`<p>${count} more, not shown here.</p>`];
}
