export interface Pointer {
  readonly value: string;
  /** Changes with every write. */
  readonly revision: number;
}

/** Small named values that several writers move, one at a time. Reads see the latest write. */
export interface PointerStore {
  get(name: string): Promise<Pointer | null>;
  /**
   * Writes only if the pointer still has `expected` (null: does not exist). Returns whether it
   * wrote.
   */
  compareAndSet(name: string, expected: number | null, value: string): Promise<boolean>;
}
