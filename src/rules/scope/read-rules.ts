import { createNameIndex } from '../syntax/name-index.ts';
import type { ParsedRule } from '../syntax/syntax.ts';
import type { Formula } from './formula.ts';
import { readCondition } from './read-condition.ts';
import { createRuleReading, type NamedRule, type NoteExpression } from './rule-reading.ts';

/**
 * Reads the rules of one source on demand, after the rules they refer to. Null for a name that no
 * rule has.
 * @param note receives the expressions that are not read further. Default: nothing does
 */
export function createNamespaceReader(
  rules: readonly ParsedRule[],
  note?: NoteExpression,
): (name: string) => NamedRule | null {
  const places = new Map(rules.map(({ name }, index) => [name, index]));
  const read = new Map<number, NamedRule>();
  const findByPrefix = createNameIndex(rules.map(({ name }) => name));
  const nameAt = (place: number) => rules[place]?.name ?? '';

  /**
   * Indexes of the rules that are needed and not read yet, in source order: each refers only to
   * earlier ones.
   */
  const missing = (last: number): number[] => {
    const found = new Set([last]);
    for (const place of found) {
      const { rules: names = [], wildcards = [] } = rules[place]?.references ?? {};
      const inSets = new Set(wildcards.flatMap((prefix) => findByPrefix(prefix, place)));
      for (const name of [...names, ...[...inSets].map(nameAt)]) {
        const named = places.get(name);
        if (named !== undefined && named < place && !read.has(named)) found.add(named);
      }
    }
    return [...found].sort((a, b) => a - b);
  };

  const named = (name: string): NamedRule => {
    const rule = read.get(places.get(name) ?? -1);
    if (rule === undefined) throw new Error(`The rule ${name} is named before it was read.`);
    return rule;
  };

  const readRule = (place: number, rule: ParsedRule): NamedRule => {
    const reading = createRuleReading(rule, named, (prefix) => findByPrefix(prefix, place).map(nameAt), note);
    // Both ways are read now, so that a referring rule finds it, however long the chain of names
    // is.
    const formulas: Readonly<Record<'true' | 'not true', Formula>> = {
      true: readCondition(reading, 'true'),
      'not true': readCondition(reading, 'not true'),
    };
    return { key: reading.keyOf({ start: 0, end: reading.tokens.length }), formula: (sign) => formulas[sign] };
  };

  return (name) => {
    const last = places.get(name);
    if (last === undefined) return null;
    if (!read.has(last)) {
      for (const place of missing(last)) {
        const rule = rules[place];
        if (rule !== undefined) read.set(place, readRule(place, rule));
      }
    }
    return named(name);
  };
}
