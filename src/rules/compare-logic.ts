import { type RuleEntry, ruleId } from '../domain/rule.ts';
import type { Ruleset } from '../domain/ruleset.ts';
import { canonicalCondition, canonicalPattern } from './canonical.ts';
import { parseSource } from './parse.ts';
import type { ParsedRule } from './syntax.ts';

/** Why two logic hashes of one rule differ. */
export interface LogicChange {
  /**
   * `own`: its strings, condition or modifiers; `dependency`: only rules that it depends on; `engine`: neither, so another engine, or a
   * mere change of form (such as the order of its strings).
   */
  readonly cause: 'own' | 'dependency' | 'engine';
  /** Identifiers with their `$`; anonymous patterns by their place among all patterns, from 1: `$ (2)`. */
  readonly strings: {
    readonly added: readonly string[];
    readonly removed: readonly string[];
    readonly changed: readonly string[];
  };
  readonly condition: boolean;
  /** Those of `private` and `global` that the rule has gained or lost. */
  readonly modifiers: readonly ('private' | 'global')[];
  /** Names of rules of its namespace that it depends on, and whose own text changed, or that it depends on no longer or only now. */
  readonly dependencies: readonly string[];
}

/** Prepares the comparison of rules that both rulesets have; sources are parsed as they are needed. */
export function createLogicComparison(
  base: Ruleset | null,
  head: Ruleset,
): (was: RuleEntry, is: RuleEntry) => LogicChange {
  const before = createRuleFinder(base);
  const after = createRuleFinder(head);

  const changedItself = (namespace: string, name: string): boolean => {
    const id = { namespace, name };
    const [was, is] = [before(id), after(id)];
    return was === undefined || is === undefined || ownText(was) !== ownText(is);
  };

  return (wasEntry, isEntry) => {
    const [was, is] = [before(wasEntry), after(isEntry)];
    const strings = compareStrings(was, is);
    const condition = was === undefined || is === undefined || conditionText(was) !== conditionText(is);
    const modifiers = (['private', 'global'] as const).filter((each) => was?.[each] !== is?.[each]);
    const isOwn = condition || modifiers.length > 0 || Object.values(strings).some((each) => each.length > 0);
    const [old, now] = [new Set(wasEntry.dependencies), new Set(isEntry.dependencies)];
    const dependencies = [...new Set([...now, ...old])].filter(
      (name) => !old.has(name) || !now.has(name) || changedItself(isEntry.namespace, name),
    );
    const cause = isOwn ? 'own' : dependencies.length > 0 ? 'dependency' : 'engine';
    return { cause, strings, condition, modifiers, dependencies };
  };
}

function createRuleFinder(
  ruleset: Ruleset | null,
): (id: Pick<RuleEntry, 'namespace' | 'name'>) => ParsedRule | undefined {
  const sources = new Map((ruleset?.sources ?? []).map(({ namespace, source }) => [namespace, source]));
  const parsed = new Map<string, Map<string, ParsedRule>>();
  return (id) => {
    const rules =
      parsed.get(id.namespace) ??
      new Map(
        parseSource(sources.get(id.namespace) ?? '').rules.map((rule) => [
          ruleId({ namespace: id.namespace, name: rule.name }),
          rule,
        ]),
      );
    parsed.set(id.namespace, rules);
    return rules.get(ruleId(id));
  };
}

function compareStrings(was: ParsedRule | undefined, is: ParsedRule | undefined): LogicChange['strings'] {
  const [old, now] = [stringTexts(was), stringTexts(is)];
  return {
    added: [...now.keys()].filter((each) => !old.has(each)),
    removed: [...old.keys()].filter((each) => !now.has(each)),
    changed: [...now.keys()].filter((each) => old.has(each) && old.get(each) !== now.get(each)),
  };
}

function stringTexts(rule: ParsedRule | undefined): Map<string, string> {
  return new Map(
    (rule?.patterns ?? []).map((pattern, index) => [
      pattern.identifier === '$' ? `$ (${index + 1})` : pattern.identifier,
      JSON.stringify(canonicalPattern(pattern)),
    ]),
  );
}

function conditionText(rule: ParsedRule): string {
  return JSON.stringify(canonicalCondition(rule, { rule: (name) => name, wildcard: (prefix) => prefix }));
}

function ownText(rule: ParsedRule): string {
  return JSON.stringify([rule.private, rule.global, rule.patterns.map(canonicalPattern), conditionText(rule)]);
}
