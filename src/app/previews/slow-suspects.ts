import type { Diagnostic } from '../../domain/rulesets/diagnostic.ts';
import type { RuleSource } from '../../domain/rulesets/rule.ts';
import { checkRules } from '../../engine/diagnostics/check-rules.ts';
import { previewedSides } from '../../rules/preview-ruleset.ts';
import { createLineIndex } from '../../rules/syntax/line-index.ts';
import { parseSource } from '../../rules/syntax/parse.ts';

/** Codes of engine warnings about slowness. */
const slowCodes: readonly string[] = ['slow_pattern', 'potentially_slow_loop', 'too_many_iterations'];

/** Rules of a preview that may take too long, each once, as `namespace:name`. */
export interface SlowSuspects {
  /** Slow rules with the change. */
  readonly now: readonly string[];
  /** Slow rules before the change, unless they are in `now`. */
  readonly before: readonly string[];
}

/**
 * Finds the rules of a preview that the engine reports as slow, including mere dependencies. A scan
 * that ran out of time does not report which rule it was at. A rule whose source suppresses such a
 * warning is not found.
 * @param sources as `previewRuleset` makes them
 */
export async function slowSuspects(sources: readonly RuleSource[]): Promise<SlowSuspects> {
  const sides = previewedSides(sources);
  const now = await slowRules(sides.now);
  const before = await slowRules(sides.before);
  return { now, before: before.filter((rule) => !now.includes(rule)) };
}

async function slowRules(sources: readonly RuleSource[]): Promise<readonly string[]> {
  const { warnings } = await checkRules(sources);
  const slow = Map.groupBy(
    warnings.filter(({ code }) => slowCodes.includes(code)),
    ({ file }) => file,
  );
  return [...new Set(sources.flatMap((source) => rulesAt(source, slow.get(source.namespace) ?? [])))];
}

function rulesAt({ namespace, source }: RuleSource, warnings: readonly Diagnostic[]): readonly string[] {
  if (warnings.length === 0) return [];
  const { rules } = parseSource(source);
  const placeOf = createLineIndex(source);
  return warnings.flatMap(({ line, column }) => {
    const within = rules.findLast(({ start }) => {
      const place = placeOf(start);
      return place.line < line || (place.line === line && place.column <= column);
    });
    return within === undefined ? [] : [`${namespace}:${within.name}`];
  });
}
