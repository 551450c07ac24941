/**
 * Thrown if a comparison exceeds its work limit. It is caught within this folder, and the result is
 * then unknown.
 */
export class WorkSpent extends Error {}

/** Counts work. A unit is about a microsecond. */
export interface Work {
  /** @throws WorkSpent */
  take(units: number): void;
  /** Like `take`; returns false instead of throwing. */
  tryTake(units: number): boolean;
  readonly isSpent: boolean;
}

/** @param within the larger work budget that this one also draws from */
export function createWork(limit: number, within?: Work): Work {
  let left = limit;
  const tryTake = (units: number): boolean => {
    left -= units;
    return left >= 0 && (within?.tryTake(units) ?? true);
  };
  return {
    take(units) {
      if (!tryTake(units)) throw new WorkSpent();
    },
    tryTake,
    get isSpent() {
      return left < 0;
    },
  };
}
