import type { RuleMatch } from '../domain/scans/match.ts';
import type { LoadedRuleset } from './loaded-ruleset.ts';

export interface Layers {
  /** Holds most of the rules. */
  readonly base: LoadedRuleset;
  /** Holds the rules of the layer; null if it has none. */
  readonly layer: LoadedRuleset | null;
  /** Namespaces of the base whose rules do not count. */
  readonly hidden: readonly string[];
  /** The namespaces of the whole ruleset, in its order. */
  readonly order: readonly string[];
}

/**
 * A ruleset in two engines. It finds what the whole ruleset in one engine finds, in the same order:
 * rules see only rules of their own namespace.
 */
export function layeredRuleset({ base, layer, hidden, order }: Layers): LoadedRuleset {
  const gone = new Set(hidden);
  const ranks = new Map(order.map((namespace, index) => [namespace, index]));
  const rankOf = ({ namespace }: RuleMatch) => ranks.get(namespace) ?? order.length;
  const both = layer === null ? [base] : [base, layer];
  return {
    image: null,
    memoryBytes: () => both.reduce((sum, each) => sum + each.memoryBytes(), 0),
    matchLimitReached: () => both.some((each) => each.matchLimitReached()),
    variableProblems: () => [...new Set(both.flatMap((each) => each.variableProblems()))],
    // A file in the memory of one engine would be copied to the other.
    hold: () => null,
    scan(bytes, externals) {
      const old = base.scan(bytes, externals).filter(({ namespace }) => !gone.has(namespace));
      // Sorting keeps the order of the rules of a namespace, which are all of one engine.
      const found = layer === null ? old : [...old, ...layer.scan(bytes, externals)];
      return found.sort((a, b) => rankOf(a) - rankOf(b));
    },
    externals: [...new Set(both.flatMap((each) => each.externals))],
    hasVariables: both.some((each) => each.hasVariables),
    revive: () => both.every((each) => each.revive()),
    free() {
      for (const each of both) each.free();
    },
  };
}
