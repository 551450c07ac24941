import { canonicalPattern } from '../canonical.ts';
import type { Formula } from '../scope/formula.ts';
import { createNamespaceReader } from '../scope/read-rules.ts';
import type { ParsedRule } from '../syntax/syntax.ts';

/** The rules of one source. */
export interface RulesOfSource {
  readonly rules: readonly ParsedRule[];
  /** Equal for sources that declare the same variables. */
  readonly variables: string;
}

/**
 * Finds rules that match the same although they are written differently: strings with other names,
 * or in another order. Returns for each such rule a key that they have in common; rules without
 * such a partner have none. Rules of files with global rules have none either.
 */
export function sameLogic(sources: readonly RulesOfSource[]): ReadonlyMap<ParsedRule, string> {
  const candidates = sources.flatMap((source) =>
    source.rules.some((each) => each.global)
      ? []
      : source.rules.map((rule) => ({ rule, source, likeness: likenessOf(rule) })),
  );
  const readers = new Map<RulesOfSource, (name: string) => { formula(sign: 'true'): Formula } | null>();
  const keys = new Map<ParsedRule, string>();
  for (const alike of Map.groupBy(candidates, ({ likeness }) => likeness).values()) {
    if (alike.length < 2) continue;
    for (const { rule, source } of alike) {
      const read = readers.get(source) ?? createNamespaceReader(source.rules);
      readers.set(source, read);
      const formula = read(rule.name)?.formula('true');
      if (formula !== undefined) keys.set(rule, JSON.stringify([rule.private, source.variables, formula.key]));
    }
  }
  return keys;
}

/** Equal for all rules that this check can find equal, and different for most others. Cheap. */
function likenessOf({ patterns, condition }: ParsedRule): string {
  const texts = patterns.map((each) => {
    const modifiers = each.modifiers.filter((name) => name !== 'private');
    return JSON.stringify(canonicalPattern({ ...each, identifier: '$', modifiers }));
  });
  const words = condition.filter(({ kind }) => kind === 'integer' || kind === 'string').map(({ text }) => text);
  return JSON.stringify([texts.sort(), words.sort()]);
}
