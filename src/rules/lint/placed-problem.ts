import type { Diagnostic } from '../../domain/rulesets/diagnostic.ts';

/** A position in a source with its includes resolved. Lines and columns count from 1. */
export interface SourcePlace {
  /** Offset, in UTF-16 code units. */
  readonly start: number;
  readonly line: number;
  readonly column: number;
}

/** A problem of one rule, whatever the other files have. */
export interface PlacedProblem extends SourcePlace {
  /** Without `lint/`. */
  readonly code: string;
  readonly message: string;
  readonly severity: Diagnostic['severity'];
}
