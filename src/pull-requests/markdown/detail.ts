import { type Html, html } from './html.ts';

/** How much of a section is shown: entries of each list, and characters of each text. */
export interface Detail {
  readonly items: number;
  readonly text: number;
}

/**
 * What is shown where there is room, and then less and less. Where a review is too long its longest section is taken down a step, until it fits; the last
 * step shows what it comes to, and nothing else.
 */
export const detailSteps: readonly [Detail, ...Detail[]] = [
  { items: 1000, text: 2000 },
  { items: 30, text: 500 },
  { items: 8, text: 160 },
  { items: 0, text: 0 },
];

/** As many entries as are shown. */
export function shownOf<T>(list: readonly T[], { items }: Detail): readonly T[] {
  return list.slice(0, items);
}

/** Says what a list does not show: entries beyond those shown, and those that the section left out itself. */
export function leftOut(list: readonly unknown[], detail: Detail, omitted = 0): readonly Html[] {
  const count = Math.max(0, list.length - detail.items) + omitted;
  return count === 0 ? [] : [html`<p>${count} more: the log of the job has all.</p>`];
}
