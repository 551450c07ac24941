/** Thrown where a comparison takes more work than it may; caught within this folder, where it means that nothing is known. */
export class WorkSpent extends Error {}

/** Counts work. A unit is about a microsecond. */
export interface Work {
  /** @throws WorkSpent */
  take(units: number): void;
  /** As `take`; false instead of the exception. */
  tryTake(units: number): boolean;
  readonly isSpent: boolean;
}

/** @param within work that this is a part of: what is taken is taken from both */
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
