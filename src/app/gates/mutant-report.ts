/** A place in a rule file. */
export interface RulePlace {
  readonly file: string;
  /** From 1, as `column`. */
  readonly line: number;
  readonly column: number;
  /** The name of the rule. */
  readonly rule: string;
}

/** A change of a rule that no test notices. */
export interface Survivor extends RulePlace {
  readonly before: string;
  readonly after: string;
}

export interface MutantReport {
  /** Mutants that compile. */
  readonly tested: number;
  /** Those that make at least one test fail. */
  readonly noticed: number;
  /** The others, by file and place. */
  readonly survivors: readonly Survivor[];
  /** Mutants that the engine refuses. They count nowhere else. */
  readonly refused: number;
  /** Mutants that were not tried, because a rule has more than the limit. */
  readonly leftOut: number;
  /** Rules of the tested files without mutants: no test expects them to match. */
  readonly untested: readonly RulePlace[];
}
