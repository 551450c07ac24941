import type { Formula, Sign } from './formula.ts';
import type { Range } from './split-condition.ts';

/** What was read. `total`: the value that it asks for is never undefined. */
export interface Reading {
  readonly formula: Formula;
  readonly total: boolean;
}

/** Reads a part of a condition, as a question of its value. */
export type ReadPart = (range: Range, sign: Sign) => Reading;
