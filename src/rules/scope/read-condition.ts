import { constant, type Formula, gate, isPositive, literal, opposite, type Sign } from './formula.ts';
import { readComparison } from './read-comparison.ts';
import { readOf } from './read-of.ts';
import { readPlaced } from './read-placed.ts';
import type { Reading, ReadPart } from './reading.ts';
import type { RuleReading } from './rule-reading.ts';
import { type Range, splitRange } from './split-condition.ts';

/** Maximum nesting of brackets and `not`; deeper expressions are treated as opaque text. */
const maxDepth = 60;

/**
 * Reads a condition as a formula over the patterns, the file size, and other expressions, which are
 * treated as opaque text. Follows the grammar of YARA-X: `or` binds less than `and`, which binds
 * less than `not`; an undefined operand of either counts as false.
 */
export function readCondition(rule: RuleReading, sign: 'true' | 'not true'): Formula {
  return readRange(rule, { start: 0, end: rule.tokens.length }, sign);
}

/** Reads a part of a condition, as `readCondition`. */
export function readRange(rule: RuleReading, range: Range, sign: 'true' | 'not true'): Formula {
  return createReader(rule)(range, sign, 0).formula;
}

function createReader(rule: RuleReading) {
  const { tokens, brackets } = rule;
  const asWritten = (range: Range, sign: Sign): Reading => {
    const key = rule.keyOf(range);
    rule.note(key, rule, range);
    return { formula: literal({ kind: 'opaque', key, total: false }, sign), total: false };
  };

  const read = (range: Range, sign: Sign, depth: number): Reading => {
    if (brackets === null || depth > maxDepth) return asWritten(range, sign);
    const { start, end } = range;
    for (const word of ['or', 'and'] as const) {
      const parts = splitRange(tokens, brackets, range, word);
      if (parts === null || parts.some((each) => each.start >= each.end)) return asWritten(range, sign);
      if (parts.length === 1) continue;
      const inner = isPositive(sign) ? 'true' : 'not true';
      const needsAll = (word === 'and') === isPositive(sign);
      const of = parts.map((part) => read(part, inner, depth + 1).formula);
      return { formula: gate(needsAll ? of.length : 1, of), total: true };
    }
    const first = tokens[start];
    if (first?.kind === 'identifier' && first.text === 'not') {
      return read({ start: start + 1, end }, opposite(sign), depth + 1);
    }
    if (first?.text === '(' && brackets.get(start) === end - 1) {
      return read({ start: start + 1, end: end - 1 }, sign, depth + 1);
    }
    const readPart: ReadPart = (part, asked) => read(part, asked, depth + 1);
    return (
      readWord(rule, range, sign) ??
      readPlaced(rule, range, sign) ??
      readComparison(rule, range, sign) ??
      readOf(rule, brackets, range, sign, readPart) ??
      asWritten(range, sign)
    );
  };
  return read;
}

/** `true`, `false`, or the name of a rule. */
function readWord(rule: RuleReading, { start, end }: Range, sign: Sign): Reading | null {
  const token = rule.tokens[start];
  if (end - start !== 1 || token?.kind !== 'identifier') return null;
  if (token.text === 'true' || token.text === 'false') {
    return { formula: constant(token.text === 'true', sign), total: true };
  }
  const formula = rule.ruleAt(start, sign);
  return formula === null ? null : { formula, total: true };
}
