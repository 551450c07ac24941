import type { RuleSource } from '../domain/rule.ts';
import { checkSources } from '../engine/compile.ts';
import { createLineIndex } from '../rules/line-index.ts';
import { parseSource } from '../rules/parse.ts';
import { previewedSides } from '../rules/preview-ruleset.ts';

/** Codes of the engine for what may take long. */
const slowCodes: readonly string[] = ['slow_pattern', 'potentially_slow_loop', 'too_many_iterations'];

/** Rules of a preview that may be what takes too long, each once, as `namespace:name`. */
export interface SlowSuspects {
  /** As they are with the change. */
  readonly now: readonly string[];
  /** As they were before it, where they are not among the others. */
  readonly before: readonly string[];
}

/**
 * The rules of a preview that the engine calls slow, those that others only depend on included. A scan that ran out of time does not tell which rule it
 * was at; this is what can be known. A rule whose source suppresses such a warning is not found.
 * @param sources as `previewRuleset` makes them
 */
export function slowSuspects(sources: readonly RuleSource[]): SlowSuspects {
  const sides = previewedSides(sources);
  const now = [...new Set(sides.now.flatMap(slowRules))];
  const before = [...new Set(sides.before.flatMap(slowRules))];
  return { now, before: before.filter((rule) => !now.includes(rule)) };
}

function slowRules({ namespace, source }: RuleSource): readonly string[] {
  const warnings = checkSources([{ namespace, source }]).warnings.filter(({ code }) => slowCodes.includes(code));
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
