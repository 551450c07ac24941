import type { Html } from './html.ts';

/** A section, ready to be put into a review. */
export interface SectionView {
  /** Name of the gate. */
  readonly title: Html;
  /** Result on one line. */
  readonly line: Html;
  /** Why the gate fails, a rule each. Absent: the line says it. */
  readonly reasons?: readonly Html[];
  /** Blocks that are seen before those of all other sections. Default: none. */
  readonly first?: readonly Html[];
  /** Blocks that are seen without unfolding. Default: none. */
  readonly lead?: readonly Html[];
  /** Folded blocks below. */
  readonly blocks: readonly Html[];
}
