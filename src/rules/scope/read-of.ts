import { integerValue } from '../syntax/literals.ts';
import { type Formula, gate, isPositive, literal, opposite, type Sign } from './formula.ts';
import type { PatternMeaning } from './pattern-meaning.ts';
import { patternLeaf, readPlace } from './read-placed.ts';
import type { Reading, ReadPart } from './reading.ts';
import type { RuleReading } from './rule-reading.ts';
import { type Range, splitRange } from './split-condition.ts';

/** Reads `any of …`, `all of …`, `none of …`, `2 of …` and `50% of …`; null for anything else. */
export function readOf(
  rule: RuleReading,
  brackets: ReadonlyMap<number, number>,
  { start, end }: Range,
  sign: Sign,
  readPart: ReadPart,
): Reading | null {
  const { tokens } = rule;
  const isPercent = tokens[start + 1]?.text === '%';
  const setAt = start + (isPercent ? 3 : 2);
  if (tokens[setAt - 1]?.text !== 'of') return null;
  const setEnd = (brackets.get(setAt) ?? setAt) + 1;
  const place = readPlace(rule, { start: setEnd, end });
  // If a position may be undefined, it is uncertain for which of the elements.
  if (place === null || !place.total) return null;
  const sets = setsOf(rule, { start: setAt, end: setEnd });
  const size = sets?.reduce((sum, set) => sum + set.length, 0) ?? 0;
  const elements = (asked: Sign): readonly Formula[] | null => {
    if (sets !== null) {
      // Counted before the formulas are built.
      if (!rule.takePatterns(size)) return null;
      return [...new Set(sets.flat())].map((each) => literal(patternLeaf(each, 1n, place), asked));
    }
    const parts = splitRange(tokens, brackets, { start: setAt + 1, end: setEnd - 1 }, ',');
    if (parts === null || brackets.get(setAt) === undefined || place.where !== '') return null;
    const read = parts.map((part) => readPart(part, asked));
    return read.every(({ total }) => total) ? read.map(({ formula }) => formula) : null;
  };
  const word = tokens[start]?.text ?? '';
  const wanted = word === 'none' ? opposite(sign) : sign;
  const of = elements(isPositive(wanted) ? 'true' : 'not true');
  const needed = of === null ? null : neededOf(rule, start, isPercent, of.length);
  if (of === null || needed === null) return null;
  // Exactly this many is not modelled: it would also need the others and one more.
  return { formula: gate(isPositive(wanted) ? needed : of.length - needed + 1, of), total: true };
}

/**
 * How many of a set it takes, by the quantifier at `start`; null if that is uncertain. For `none`
 * it is the number that makes it false.
 */
export function neededOf(
  { tokens }: Pick<RuleReading, 'tokens'>,
  start: number,
  isPercent: boolean,
  size: number,
): number | null {
  const { kind, text } = tokens[start] ?? { kind: 'unknown', text: '' };
  if (kind === 'identifier' && !isPercent) {
    if (text === 'any' || text === 'none') return 1;
    return text === 'all' ? size : null;
  }
  if (kind !== 'integer' || size === 0) return null;
  const number = Number(integerValue(text));
  if (!isPercent) return number >= 1 ? Math.min(number, size + 1) : null;
  const needed = Math.ceil((size * number) / 100);
  // The engine calculates with fractions: if the result might depend on rounding, it is uncertain.
  return needed >= 1 && needed === Math.ceil(size * (number / 100)) ? needed : null;
}

/**
 * The patterns of `them` or of each element of a list of patterns; null if it is not such a list.
 */
export function setsOf(rule: RuleReading, { start, end }: Range): readonly (readonly PatternMeaning[])[] | null {
  const set = rule.tokens.slice(start, end);
  if (set.length === 1) return set[0]?.kind === 'identifier' && set[0].text === 'them' ? [rule.patterns] : null;
  const sets: (readonly PatternMeaning[])[] = [];
  for (let index = 1; index < set.length - 1; index += 1) {
    const token = set[index];
    if (token?.kind !== 'pattern') return null;
    const isPrefix = set[index + 1]?.text === '*';
    const pattern = rule.patternOf(token.text);
    if (isPrefix) sets.push(rule.patternsNamed(token.text));
    else if (pattern === undefined) return null;
    else sets.push([pattern]);
    index += isPrefix ? 2 : 1;
    if (index < set.length - 1 && set[index]?.text !== ',') return null;
  }
  return sets;
}
