import { type Leaf, literal, type Sign } from './formula.ts';
import type { PatternMeaning } from './pattern-meaning.ts';
import type { Reading } from './reading.ts';
import type { RuleReading } from './rule-reading.ts';
import type { Range } from './split-condition.ts';

/** Required position of matches. */
export interface Place {
  /** Equal for equal positions; empty: anywhere. */
  readonly where: string;
  /** Whether the position is certainly defined. */
  readonly total: boolean;
}

/** Reads `$a`, `$a at …` and `$a in (…)`; null for anything else. */
export function readPlaced(rule: RuleReading, { start, end }: Range, sign: Sign): Reading | null {
  const token = rule.tokens[start];
  const pattern = token?.kind === 'pattern' ? rule.patternOf(token.text) : undefined;
  const place = readPlace(rule, { start: start + 1, end });
  if (pattern === undefined || place === null) return null;
  const leaf = patternLeaf(pattern, 1n, place);
  if (place.where !== '') rule.note(leaf.key, rule, { start, end });
  return { formula: literal(leaf, sign), total: place.total };
}

/** Reads `at …` or `in (…)`, or nothing; null for anything else. */
export function readPlace(rule: RuleReading, range: Range): Place | null {
  if (range.start === range.end) return { where: '', total: true };
  const first = rule.tokens[range.start];
  if (first?.kind !== 'identifier' || (first.text !== 'at' && first.text !== 'in')) return null;
  const rest = rule.tokens.slice(range.start + 1, range.end);
  const total = rest.every(({ kind, text }) => kind === 'integer' || text === '(' || text === ')' || text === '.');
  return { where: rule.keyOf(range), total };
}

/** Requires this many matches of a pattern there; at least 1. */
export function patternLeaf(pattern: PatternMeaning, atLeast: bigint, { where, total }: Place): Leaf {
  return { kind: 'pattern', key: `${pattern.key} ${atLeast} ${where}`, total, pattern, atLeast, where };
}
