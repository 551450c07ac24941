import { canonicalCondition } from '../canonical.ts';
import { createNameIndex } from '../syntax/name-index.ts';
import { isFreeName } from '../syntax/references.ts';
import type { ParsedRule } from '../syntax/syntax.ts';
import { digest, type Formula, isPositive, type Sign } from './formula.ts';
import { meaningOf, type PatternMeaning } from './pattern-meaning.ts';
import { pairBrackets, type Range } from './split-condition.ts';

/** The known facts about a rule that another one refers to. */
export interface NamedRule {
  /** Equal for rules whose conditions have the same text and meaning. */
  readonly key: string;
  /** The condition as a query for its value: a rule is never undefined. */
  formula(sign: 'true' | 'not true'): Formula;
}

/** Receives each expression that a leaf stands for, with the key of the leaf. */
export type NoteExpression = (key: string, rule: RuleReading, range: Range) => void;

/** The context for reading the condition of a rule. */
export interface RuleReading {
  readonly tokens: ParsedRule['condition'];
  /** Null if the brackets do not pair. */
  readonly brackets: ReadonlyMap<number, number> | null;
  readonly patterns: readonly PatternMeaning[];
  /** Modules that it uses. */
  readonly modules: ReadonlySet<string>;
  /** Patterns with this prefix (`$a`); a repeated prefix costs nothing. */
  patternsNamed(prefix: string): readonly PatternMeaning[];
  /** By the text of a token: `$a`, `#a`, `@a` or `!a`; undefined for the mark without a name. */
  patternOf(text: string): PatternMeaning | undefined;
  /** The formula of a rule that the token names; null if it names none. */
  ruleAt(index: number, sign: Sign): Formula | null;
  /**
   * Reserves this many patterns for a formula; false if the rule has reserved too many, and the
   * rest is treated as opaque text.
   */
  takePatterns(count: number): boolean;
  /**
   * Equal for ranges with the same text and meaning: names of patterns and rules are replaced by
   * what they stand for.
   */
  keyOf(range: Range): string;
  readonly note: NoteExpression;
}

/**
 * Maximum number of patterns in all sets of a condition. `them` names all of them in one word, and
 * takes memory for each.
 */
const maxPatterns = 20_000;

/**
 * Prepares a rule, given the rules before it.
 * @param inSet names of earlier rules with that prefix
 */
export function createRuleReading(
  rule: ParsedRule,
  named: (name: string) => NamedRule,
  inSet: (prefix: string) => readonly string[],
  note: NoteExpression = () => undefined,
): RuleReading {
  const tokens = rule.condition;
  const patterns = rule.patterns.map(meaningOf);
  const byName = new Map(patterns.map((each) => [each.identifier, each]));
  const rules = new Set(rule.references.rules);
  let patternsLeft = maxPatterns;
  const keyOfRule = (name: string) => named(name).key;
  const ruleSets = new Map<string, string>();
  const keyOfRules = (prefix: string): string => {
    const key = ruleSets.get(prefix) ?? digest(inSet(prefix).map(keyOfRule));
    ruleSets.set(prefix, key);
    return key;
  };
  const words = canonicalCondition(rule, {
    rule: keyOfRule,
    wildcard: keyOfRules,
  });
  const patternOf: RuleReading['patternOf'] = (text) => (text.length > 1 ? byName.get(`$${text.slice(1)}`) : undefined);
  const findByPrefix = createNameIndex(patterns.map(({ identifier }) => identifier));
  const byPrefix = new Map<string, readonly PatternMeaning[]>();
  const patternsNamed = (prefix: string) => {
    const found = byPrefix.get(prefix) ?? findByPrefix(prefix).flatMap((place) => patterns[place] ?? []);
    byPrefix.set(prefix, found);
    return found;
  };
  const sets = new Map<string, string>();
  const keyOfSet = (prefix: string): string => {
    const key = sets.get(prefix) ?? digest(patternsNamed(prefix).map((each) => each.key));
    sets.set(prefix, key);
    return key;
  };
  const wordAt = (index: number) => {
    const { kind, text } = tokens[index] ?? { kind: 'unknown', text: '' };
    if (kind === 'identifier' && text === 'them') return ['patterns', keyOfSet('$')];
    if (kind === 'pattern' && tokens[index + 1]?.text === '*') return ['patterns', keyOfSet(text)];
    const isMarked = kind === 'pattern' || kind === 'count' || kind === 'offset' || kind === 'length';
    const pattern = isMarked ? patternOf(text) : undefined;
    return pattern === undefined ? (Array.isArray(words) ? words[index] : text) : ['pattern', kind, pattern.key];
  };
  return {
    ...{ tokens, patterns, patternsNamed, patternOf, note },
    modules: new Set(rule.references.modules),
    takePatterns(count) {
      patternsLeft -= count;
      return patternsLeft >= 0;
    },
    brackets: pairBrackets(tokens),
    keyOf: ({ start, end }) => digest(Array.from({ length: end - start }, (_, index) => wordAt(start + index))),
    ruleAt(index, sign) {
      const name = tokens[index]?.text ?? '';
      if (!isFreeName(tokens, index) || !rules.has(name)) return null;
      return named(name).formula(isPositive(sign) ? 'true' : 'not true');
    },
  };
}
