import { type RuleEntry, ruleId } from '../domain/rulesets/rule.ts';
import { declarationKey, type VariableDeclaration } from '../domain/rulesets/variables.ts';
import { canonicalCondition, canonicalPattern } from './canonical.ts';
import type { ParsedRuleset } from './parsed-ruleset.ts';
import { variablesOf } from './source-variables.ts';
import type { ParsedRule } from './syntax/syntax.ts';
import { patternName, writtenTexts } from './syntax/written-text.ts';

/** One part of a rule before and after the change, on one line and without comments. */
export interface TextChange {
  /** The name of a string, as in `LogicChange.strings`, or `condition`. */
  readonly part: string;
  /** Null if it did not exist before. */
  readonly before: string | null;
  /** Null if it no longer exists. */
  readonly after: string | null;
}

/** The reasons why two logic hashes of a rule differ. */
export interface LogicChange {
  /**
   * `own`: its strings, condition, variables or modifiers. `dependency`: only rules it depends on.
   * `engine`: neither, so another engine, or a change of form only (such as the order of its
   * strings).
   */
  readonly cause: 'own' | 'dependency' | 'engine';
  /**
   * Identifiers with their `$`; anonymous patterns by their position among all patterns, from 1:
   * `$ (2)`.
   */
  readonly strings: {
    readonly added: readonly string[];
    readonly removed: readonly string[];
    readonly changed: readonly string[];
  };
  readonly condition: boolean;
  /** Names of declared variables that its condition uses and whose type or default changed. */
  readonly variables: readonly string[];
  /** Gained or lost modifiers among `private` and `global`. */
  readonly modifiers: readonly ('private' | 'global')[];
  /**
   * Names of rules of its namespace that it depends on and whose own text changed, or that it
   * depends on only before or only after the change.
   */
  readonly dependencies: readonly string[];
  /** Texts of the changed strings and condition. */
  readonly texts: readonly TextChange[];
}

/** Prepares the comparison of rules that are in both rulesets. */
export function createLogicComparison(
  before: ParsedRuleset,
  after: ParsedRuleset,
): (was: RuleEntry, is: RuleEntry) => LogicChange {
  const known = new Map<string, boolean>();
  const variableKeys = (ruleset: ParsedRuleset, namespace: string, rule: ParsedRule) =>
    variablesOf(rule, ruleset.variablesOf(namespace)).map(declarationKey).join();
  const changedItself = (namespace: string, name: string): boolean => {
    const id = { namespace, name };
    const answer = known.get(ruleId(id));
    if (answer !== undefined) return answer;
    const [was, is] = [before.find(id), after.find(id)];
    const found =
      was === undefined ||
      is === undefined ||
      ownText(was) !== ownText(is) ||
      variableKeys(before, namespace, was) !== variableKeys(after, namespace, is);
    known.set(ruleId(id), found);
    return found;
  };

  return (wasEntry, isEntry) => {
    const [was, is] = [before.find(wasEntry), after.find(isEntry)];
    const strings = compareStrings(was, is);
    const condition = was === undefined || is === undefined || conditionText(was) !== conditionText(is);
    const modifiers = (['private', 'global'] as const).filter((each) => was?.[each] !== is?.[each]);
    const variables =
      was === undefined || is === undefined
        ? []
        : compareVariables(was, before.variablesOf(wasEntry.namespace), is, after.variablesOf(isEntry.namespace));
    const isOwn =
      condition ||
      variables.length > 0 ||
      modifiers.length > 0 ||
      Object.values(strings).some((each) => each.length > 0);
    const [old, now] = [new Set(wasEntry.dependencies), new Set(isEntry.dependencies)];
    const dependencies = [...new Set([...now, ...old])].filter(
      (name) => !old.has(name) || !now.has(name) || changedItself(isEntry.namespace, name),
    );
    const cause = isOwn ? 'own' : dependencies.length > 0 ? 'dependency' : 'engine';
    const [oldTexts, newTexts] = [textsOf(before, wasEntry, was), textsOf(after, isEntry, is)];
    const parts = [...strings.added, ...strings.changed, ...strings.removed, ...(condition ? ['condition'] : [])];
    const texts = parts.map(
      (part): TextChange => ({ part, before: oldTexts.get(part) ?? null, after: newTexts.get(part) ?? null }),
    );
    return { cause, strings, condition, variables, modifiers, dependencies, texts };
  };
}

/**
 * Returns the names of variables that both use and declare differently. `filetype` is used without
 * a declaration where it is the extension.
 */
function compareVariables(
  was: ParsedRule,
  before: readonly VariableDeclaration[],
  is: ParsedRule,
  after: readonly VariableDeclaration[],
): readonly string[] {
  const keys = (declared: readonly VariableDeclaration[]) =>
    new Map(declared.map((each) => [each.name, declarationKey(each)]));
  const [old, now] = [keys(before), keys(after)];
  const used = is.references.variables.filter((name) => was.references.variables.includes(name));
  return used.filter((name) => old.get(name) !== now.get(name));
}

function textsOf(
  ruleset: ParsedRuleset,
  { namespace }: RuleEntry,
  rule: ParsedRule | undefined,
): ReadonlyMap<string, string> {
  return rule === undefined ? new Map() : writtenTexts(ruleset.sourceOf(namespace), rule);
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
      patternName(pattern, index),
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
