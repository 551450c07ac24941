import type { ReviewSection } from '../section.ts';
import { type Html, html } from './html.ts';

/** Amount of detail of a section: entries of each list, and characters of each text. */
export interface Detail {
  readonly items: number;
  readonly text: number;
  /** What a section may take from the rest of its review. Absent where it is shown alone. */
  readonly facts?: ReviewFacts;
}

export interface ReviewFacts {
  readonly sections: readonly ReviewSection[];
  /** Address of the files of the commit, ending in `/`. Null: there is no commit to link to. */
  readonly sourceUrl: string | null;
}

/**
 * Steps of detail, from all to none. If a review is too long, its longest section goes down a step
 * until it fits. The last step shows only the summary line.
 */
export const detailSteps: readonly [Detail, ...Detail[]] = [
  { items: 1000, text: 2000 },
  { items: 300, text: 1000 },
  { items: 100, text: 500 },
  { items: 30, text: 500 },
  { items: 8, text: 160 },
  { items: 0, text: 0 },
];

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
