/**
 * The changes to the engine package that make scans fast (docs/explanation/engine.md). Each is independent: if
 * a version of the package does not look as expected, a remedy is left out, and scans are slower
 * and still correct.
 */
export const remedyNames = {
  constructors: 'constructors of the engine module run once',
  warnings: 'rules for scanning carry no compile warnings',
  instances: 'each ruleset has its own engine',
  conditions: 'compiled conditions are kept between scans',
  'hot-imports': 'integers and pattern matches are looked up without the engine',
  'reported-matches': 'matches that are not reported are dropped at once',
  'memory-limit': 'a scan that wants too much memory fails by itself',
  images: 'compiled rulesets are saved and loaded',
} as const;

export type Remedy = keyof typeof remedyNames;

/** The remedies that could not be applied, and why. */
export interface Remedies {
  off(remedy: Remedy, why: string): void;
  /** The reason by remedy that is off. Those that are on are not listed. */
  readonly reasons: ReadonlyMap<Remedy, string>;
}

/** @param report is called once for each remedy that is off */
export function createRemedies(report: (remedy: Remedy, why: string) => void = () => undefined): Remedies {
  const reasons = new Map<Remedy, string>();
  return {
    off: (remedy, why) => {
      if (reasons.has(remedy)) return;
      reasons.set(remedy, why);
      report(remedy, why);
    },
    reasons,
  };
}
