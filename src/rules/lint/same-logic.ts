import { hash } from 'node:crypto';
import { canonicalPattern } from '../canonical.ts';
import { type Memo, remembered } from '../memo.ts';
import { createNamespaceReader } from '../scope/read-rules.ts';
import { parseSource } from '../syntax/parse.ts';
import type { ParsedRule } from '../syntax/syntax.ts';

/** A rule of a source, as far as it is compared. */
export interface ComparableRule {
  readonly name: string;
  readonly private: boolean;
  readonly likeness: string;
}

/** The rules of one source. */
export interface RulesOfSource<Rule extends ComparableRule> {
  readonly source: string;
  readonly rules: readonly Rule[];
  readonly hasGlobals: boolean;
  /** Equal for sources that declare the same variables. */
  readonly variables: string;
}

/**
 * Finds rules that match the same although they are written differently: strings with other names,
 * or in another order. Returns for each such rule a key that they have in common; rules without
 * such a partner have none. Rules of files with global rules have none either.
 * @param memo remembers the meanings of rules
 */
export function sameLogic<Rule extends ComparableRule>(
  sources: readonly RulesOfSource<Rule>[],
  memo: Memo,
): ReadonlyMap<Rule, string> {
  const candidates = sources.flatMap((source) =>
    source.hasGlobals ? [] : source.rules.map((rule) => ({ rule, source })),
  );
  const readers = new Map<RulesOfSource<Rule>, ReturnType<typeof createNamespaceReader>>();
  const readerOf = (source: RulesOfSource<Rule>) => {
    const reader = readers.get(source) ?? createNamespaceReader(parseSource(source.source).rules);
    readers.set(source, reader);
    return reader;
  };
  const keys = new Map<Rule, string>();
  for (const alike of Map.groupBy(candidates, ({ rule }) => rule.likeness).values()) {
    if (alike.length < 2) continue;
    for (const { rule, source } of alike) {
      const meaning = remembered(memo, 'meaning of a rule', [source.source, rule.name], () => {
        const formula = readerOf(source)(rule.name)?.formula('true');
        return formula === undefined ? null : hash('sha256', formula.key);
      });
      if (meaning !== null) keys.set(rule, JSON.stringify([rule.private, source.variables, meaning]));
    }
  }
  return keys;
}

/**
 * Returns a text that is equal for all rules that `sameLogic` can find equal, and different for
 * most others. Cheap.
 */
export function likenessOf({ patterns, condition }: ParsedRule): string {
  const texts = patterns.map((each) => {
    const modifiers = each.modifiers.filter((name) => name !== 'private');
    return JSON.stringify(canonicalPattern({ ...each, identifier: '$', modifiers }));
  });
  const words = condition.filter(({ kind }) => kind === 'integer' || kind === 'string').map(({ text }) => text);
  return hash('sha256', JSON.stringify([texts.sort(), words.sort()]));
}
