import type { Diagnostic } from '../../../domain/rulesets/diagnostic.ts';
import type { Suppression } from './suppressions.ts';

/** Begins the codes of all house rules. */
export const houseCodes = 'lint/';
/** The code of rule files that others include. */
export const includedRuleFile = `${houseCodes}included-rule-file`;
/** Found where tests are run, so that its comments are never without use here. */
const ownStrings = `${houseCodes}own-strings`;

/** A suppression of a house rule in a source. */
export interface HouseSuppression extends Suppression {
  /** Position of its comment. */
  readonly place: Pick<Diagnostic, 'file' | 'line' | 'column'>;
  isUsed: boolean;
  /** False if it only stands at errors, which it cannot suppress. */
  suppresses: boolean;
}

interface SuppressingSource {
  readonly suppressions: readonly HouseSuppression[];
}

/** Returns a warning for each comment that suppresses no house rule in any of the files that include it. */
export function unused(sources: readonly SuppressingSource[]): readonly Diagnostic[] {
  const all = Map.groupBy(
    sources.flatMap(({ suppressions }) => suppressions),
    ({ code, place }) => JSON.stringify([code, place]),
  );
  return [...all.values()].flatMap(([first, ...others]): Diagnostic[] => {
    if (first === undefined || first.code === includedRuleFile || first.code === ownStrings) return [];
    if ([first, ...others].some(({ isUsed }) => isUsed)) return [];
    const message = `this comment suppresses no ${first.code}: remove it, or put it above the rule or on its line`;
    return [{ severity: 'warning', code: `${houseCodes}unused-suppression`, message, ...first.place }];
  });
}

/** Returns a warning for each comment that suppresses a house rule and gives no reason. */
export function unexplained(sources: readonly SuppressingSource[]): readonly Diagnostic[] {
  return sources.flatMap(({ suppressions }) =>
    suppressions
      .filter(({ reason, suppresses }) => suppresses && reason === '')
      .map(({ code, place }): Diagnostic => {
        const message = `this comment suppresses ${code} without a reason: write it after two hyphens, as in "suppress: ${code} -- why"`;
        return { severity: 'warning', code: `${houseCodes}suppress-reason`, message, ...place };
      }),
  );
}
