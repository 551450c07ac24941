import type { Html } from './html.ts';

/** A section, ready to be put into a review. */
export interface SectionView {
  /** Name of the gate. */
  readonly title: Html;
  /** Result on one line. */
  readonly line: Html;
  /** Folded blocks below. */
  readonly blocks: readonly Html[];
}
