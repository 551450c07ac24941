import { createHash } from 'node:crypto';
import type { ParsedRule, ParsedSource } from './parse.ts';

export interface HashedRule {
  readonly rule: ParsedRule;
  /** Lower-case hex. */
  readonly logicHash: string;
  /** Names of the rules that it needs, transitively, in source order. */
  readonly dependencies: readonly string[];
}

/**
 * The logic hash of each rule of a namespace, in source order: SHA-256 over the engine's version, the modifiers `private` and `global`, the patterns, the
 * tokens of the condition, the modules it uses, and the logic hashes of all rules that it depends on: those it names, those that a wildcard set
 * (`any of (abc*)`) takes in, and the global rules of the namespace. Not over name, tags, meta, comments, layout, or place.
 *
 * Wherever it cannot tell whether the logic is the same, the hash differs: an unneeded scan does no harm, a missing one does.
 */
export function hashRules(source: ParsedSource, engineVersion: string): readonly HashedRule[] {
  const { rules } = source;
  const byName = new Map(rules.map((rule, index) => [rule.name, index]));
  const globals = rules.flatMap((rule, index) => (rule.global ? [index] : []));
  const modules = new Set(source.imports.map((each) => each.value));
  const needed = rules.map((rule, index) => {
    const named = namesIn(rule, byName);
    // A global rule gates the others; it is gated by the other globals as well, which cannot be hashed into each other in a circle: see below.
    const gates = rule.global ? [] : globals;
    return [...new Set([...named, ...gates])].filter((each) => each !== index).sort((a, b) => a - b);
  });
  const hashes = new Map<number, string>();
  const hash = (index: number): string => {
    const known = hashes.get(index);
    if (known !== undefined) return known;
    const rule = rules[index];
    if (rule === undefined) return '';
    // Rules only refer to those before them; should a source do otherwise, the circle is cut here, and the engine refuses it.
    hashes.set(index, '');
    const own = canonicalRule(rule, { byName, modules, engineVersion, hashOf: hash });
    const gates = rule.global ? [] : globals.map(hash);
    const result = sha256(JSON.stringify([own, gates]));
    hashes.set(index, result);
    return result;
  };
  return rules.map((rule, index) => ({
    rule,
    logicHash: rule.global ? sha256(JSON.stringify([hash(index), globals.map(hash)])) : hash(index),
    dependencies: closure(index, needed, rule.global ? globals : []).map((each) => rules[each]?.name ?? ''),
  }));
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function closure(start: number, needed: readonly (readonly number[])[], more: readonly number[]): readonly number[] {
  const reached = new Set<number>();
  const visit = (index: number) => {
    for (const next of needed[index] ?? []) {
      if (reached.has(next)) continue;
      reached.add(next);
      visit(next);
    }
  };
  visit(start);
  for (const each of more) {
    reached.add(each);
    visit(each);
  }
  reached.delete(start);
  return [...reached].sort((a, b) => a - b);
}

/** Indices of the rules that a condition refers to, as far as can be told: a variable of the same name counts as well. */
function namesIn(rule: ParsedRule, byName: ReadonlyMap<string, number>): readonly number[] {
  return rule.condition.flatMap((token, at) => {
    if (token.kind !== 'identifier') return [];
    if (rule.condition[at + 1]?.text === '*' && isSetItem(rule, at))
      return [...byName].flatMap(([name, index]) => (name.startsWith(token.text) ? [index] : []));
    const index = byName.get(token.text);
    return index === undefined ? [] : [index];
  });
}

/** Whether `name*` at this place can be a wildcard: an item of a list in parentheses. A product that looks the same does no harm. */
function isSetItem(rule: ParsedRule, at: number): boolean {
  const before = rule.condition[at - 1]?.text;
  const after = rule.condition[at + 2]?.text;
  return (before === '(' || before === ',') && (after === ')' || after === ',');
}

function canonicalRule(
  rule: ParsedRule,
  context: {
    readonly byName: ReadonlyMap<string, number>;
    readonly modules: ReadonlySet<string>;
    readonly engineVersion: string;
    readonly hashOf: (index: number) => string;
  },
): unknown {
  const used = new Set<string>();
  const condition = rule.condition.map((token, at) => {
    if (token.kind !== 'identifier') return token.text;
    if (context.modules.has(token.text)) used.add(token.text);
    const isMember = rule.condition[at - 1]?.text === '.';
    const index = isMember ? undefined : context.byName.get(token.text);
    // By what it does, not by its name: renaming a rule changes nothing for those that use it.
    return index === undefined || rule.condition[at + 1]?.text === '*' ? token.text : ['rule', context.hashOf(index)];
  });
  const wildcards = namesIn(rule, context.byName).filter((index) => !isNamed(rule, context.byName, index));
  return {
    engine: context.engineVersion,
    private: rule.private,
    global: rule.global,
    patterns: rule.patterns.map(({ identifier, kind, value, modifiers }) => [identifier, kind, value, modifiers]),
    condition,
    wildcards: [...new Set(wildcards)].map(context.hashOf).sort(),
    modules: [...used].sort(),
  };
}

function isNamed(rule: ParsedRule, byName: ReadonlyMap<string, number>, index: number): boolean {
  return rule.condition.some((token) => token.kind === 'identifier' && byName.get(token.text) === index);
}
