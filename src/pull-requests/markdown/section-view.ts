import type { Html } from './html.ts';

/** A section, ready to be put into a review. */
export interface SectionView {
  /** What the gate is called. */
  readonly title: Html;
  /** What it came to, on one line. */
  readonly line: Html;
  /** What is folded below: blocks. */
  readonly blocks: readonly Html[];
}
