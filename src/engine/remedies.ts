/**
 * What is done to the engine package so that scans are fast (docs/explanation/engine.md). Each does its part alone: where a version of the package does not
 * look as expected, it is left out, and scans are slower and as right as before.
 */
export const remedyNames = {
  constructors: 'constructors of the engine module run once',
  warnings: 'rules for scanning carry no compile warnings',
  instances: 'each ruleset has an engine of its own',
  conditions: 'compiled conditions are kept between scans',
  'hot-imports': 'integers and pattern matches are looked up without the engine',
  'reported-matches': 'matches that are not reported are dropped at once',
  'memory-limit': 'a scan that wants too much memory fails by itself',
  images: 'compiled rulesets are saved and loaded',
} as const;

export type Remedy = keyof typeof remedyNames;

/** Which remedies could not be applied, and why. */
export interface Remedies {
  off(remedy: Remedy, why: string): void;
  /** By remedy, why it is off. Those that are on are not listed. */
  readonly reasons: ReadonlyMap<Remedy, string>;
}

/**
 * @param tell is told of each remedy that is off, once
 */
export function createRemedies(tell: (remedy: Remedy, why: string) => void = () => undefined): Remedies {
  const reasons = new Map<Remedy, string>();
  return {
    off: (remedy, why) => {
      if (reasons.has(remedy)) return;
      reasons.set(remedy, why);
      tell(remedy, why);
    },
    reasons,
  };
}
