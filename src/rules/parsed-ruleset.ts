import type { RuleEntry } from '../domain/rulesets/rule.ts';
import type { Ruleset } from '../domain/rulesets/ruleset.ts';
import type { VariableDeclaration } from '../domain/rulesets/variables.ts';
import { parseSource } from './syntax/parse.ts';
import type { ParsedRule } from './syntax/syntax.ts';

/** A ruleset whose sources are parsed on demand. */
export interface ParsedRuleset {
  /** Empty for an unknown namespace. */
  sourceOf(namespace: string): string;
  /** In source order. */
  rulesOf(namespace: string): readonly ParsedRule[];
  /** The declared variables of a namespace. */
  variablesOf(namespace: string): readonly VariableDeclaration[];
  find(rule: Pick<RuleEntry, 'namespace' | 'name'>): ParsedRule | undefined;
}

/** @param ruleset null stands for one without rules */
export function createParsedRuleset(ruleset: Pick<Ruleset, 'sources'> | null): ParsedRuleset {
  const sources = new Map((ruleset?.sources ?? []).map(({ namespace, source }) => [namespace, source]));
  const variables = new Map((ruleset?.sources ?? []).map((each) => [each.namespace, each.variables ?? []]));
  const parsed = new Map<string, ReadonlyMap<string, ParsedRule>>();
  const sourceOf = (namespace: string) => sources.get(namespace) ?? '';
  const byName = (namespace: string) => {
    const rules =
      parsed.get(namespace) ?? new Map(parseSource(sourceOf(namespace)).rules.map((rule) => [rule.name, rule]));
    parsed.set(namespace, rules);
    return rules;
  };
  return {
    sourceOf,
    variablesOf: (namespace) => variables.get(namespace) ?? [],
    rulesOf: (namespace) => [...byName(namespace).values()],
    find: ({ namespace, name }) => byName(namespace).get(name),
  };
}
