import type { Formula, Sign } from './formula.ts';
import type { Range } from './split-condition.ts';

/** The result of reading. `total`: its value is never undefined. */
export interface Reading {
  readonly formula: Formula;
  readonly total: boolean;
}

/** Reads a part of a condition as a query for its value. */
export type ReadPart = (range: Range, sign: Sign) => Reading;
