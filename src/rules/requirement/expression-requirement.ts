import { digest } from '../scope/formula.ts';
import type { PatternMeaning } from '../scope/pattern-meaning.ts';
import { neededOf, setsOf } from '../scope/read-of.ts';
import type { RuleReading } from '../scope/rule-reading.ts';
import type { Range } from '../scope/split-condition.ts';
import { integerValue } from '../syntax/literals.ts';
import { localVariables } from '../syntax/references.ts';
import {
  comparisonRequirement,
  fieldRequirement,
  type RequirementOfPattern,
  rangeRequirement,
  valueRequirement,
} from './comparison-requirement.ts';
import { allOf, atLeast, open, type Requirement } from './requirement.ts';

/** What reading an expression needs of the condition around it. */
export interface ReadInside {
  readonly ofPattern: RequirementOfPattern;
  /** Reads a condition inside an expression. */
  readonly ofBody: (rule: RuleReading, range: Range) => Requirement;
  /** Reserves this many tokens to be read once more; false if there are too many. */
  readonly take: (count: number) => boolean;
}

/** Returns what a content must have so that an expression is true. */
export function expressionRequirement(rule: RuleReading, range: Range, inside: ReadInside): Requirement {
  const first = rule.tokens[range.start];
  if (first?.kind === 'identifier') {
    if (first.text === 'for') return forRequirement(rule, range, inside);
    if (first.text === 'with') return withRequirement(rule, range, inside);
    if (first.text === 'defined') return open('`defined` narrows nothing');
  }
  return (
    ofRequirement(rule, range, inside) ??
    comparisonRequirement(rule, range, inside.ofPattern) ??
    valueRequirement(rule, range, inside.ofPattern)
  );
}

/** `2 of ($a, $b) in (…)` and the like: a place that may be undefined asks for the same patterns. */
function ofRequirement(rule: RuleReading, { start, end }: Range, { ofPattern }: ReadInside): Requirement | null {
  const set = setAt(rule, start);
  if (set === null) return null;
  const isPlaced = ['at', 'in'].includes(rule.tokens[set.end]?.text ?? '');
  if (set.end !== end && !isPlaced) return null;
  return gateOf(rule, start, set, (pattern) => ofPattern(pattern)) ?? open('a set narrows nothing');
}

function forRequirement(rule: RuleReading, range: Range, inside: ReadInside): Requirement {
  const body = bodyOf(rule, range);
  if (body === null) return open('a loop is not understood');
  const set = setAt(rule, range.start + 1);
  if (set !== null && set.end === body.start - 2) {
    const read = gateOf(rule, range.start + 1, set, (pattern, index) =>
      inside.take(body.end - body.start)
        ? inside.ofBody(insideLoop(rule, `${range.start} ${index}`, pattern), body)
        : open('a loop is too long'),
    );
    return read ?? open('a loop over a set narrows nothing');
  }
  return isOnce(rule, range.start + 1)
    ? allOf([inside.ofBody(insideLoop(rule, String(range.start)), body), ...iterated(rule, range, body, inside)])
    : open('a loop for all or none narrows nothing');
}

function withRequirement(rule: RuleReading, range: Range, inside: ReadInside): Requirement {
  const body = bodyOf(rule, range);
  return body === null ? open('`with` is not understood') : inside.ofBody(insideLoop(rule, String(range.start)), body);
}

/** What a loop that runs at least once goes over: `(1..#a)`, or fields of a module. */
function iterated(rule: RuleReading, range: Range, body: Range, { ofPattern }: ReadInside): readonly Requirement[] {
  const { tokens, brackets } = rule;
  let at = range.start + 1;
  while (at < body.start && tokens[at]?.text !== 'in') at += 1;
  const over = { start: at + 1, end: body.start - 2 };
  if (over.start >= over.end) return [];
  if (tokens[over.start]?.text !== '(') return [fieldRequirement(rule, over)];
  const isRange = brackets?.get(over.start) === over.end - 1;
  return isRange ? [rangeRequirement(rule, { start: over.start + 1, end: over.end - 1 }, ofPattern)] : [];
}

/** Whether a loop is true only if its body is true at least once. */
function isOnce({ tokens }: RuleReading, at: number): boolean {
  const { kind, text } = tokens[at] ?? { kind: 'unknown', text: '' };
  if (tokens[at + 1]?.kind !== 'identifier') return false;
  return (kind === 'identifier' && text === 'any') || (kind === 'integer' && integerValue(text) >= 1n);
}

/** The set of `… of SET`, where the quantifier is at this index. */
function setAt({ tokens, brackets }: RuleReading, at: number): Range | null {
  const isPercent = tokens[at + 1]?.text === '%';
  const start = at + (isPercent ? 3 : 2);
  if (tokens[start - 1]?.text !== 'of' || tokens[start - 1]?.kind !== 'identifier') return null;
  return { start, end: (brackets?.get(start) ?? start) + 1 };
}

/** Null if the set or its quantifier is not understood. */
function gateOf(
  rule: RuleReading,
  quantifier: number,
  set: Range,
  each: (pattern: PatternMeaning, index: number) => Requirement,
): Requirement | null {
  const patterns = setsOf(rule, set)?.flat() ?? [];
  const isPercent = rule.tokens[quantifier + 1]?.text === '%';
  const needed = neededOf(rule, quantifier, isPercent, patterns.length);
  // `none` gives the number that makes it false, and a pattern named twice may count once or twice.
  if (needed === null || rule.tokens[quantifier]?.text === 'none' || patterns.length === 0) return null;
  if (new Set(patterns).size !== patterns.length || !rule.takePatterns(patterns.length)) return null;
  return atLeast(needed, patterns.map(each));
}

/** The rule inside a loop, whose variables hide names of rules; `$` is the pattern of the loop. */
function insideLoop(rule: RuleReading, place: string, pattern?: PatternMeaning): RuleReading {
  const locals = localVariables(rule.tokens);
  return {
    ...rule,
    patternOf: (text) => (text.length === 1 && pattern !== undefined ? pattern : rule.patternOf(text)),
    ruleAt: (index, sign) => (locals.has(rule.tokens[index]?.text ?? '') ? null : rule.ruleAt(index, sign)),
    keyOf: (range) => digest([place, pattern?.key ?? '', rule.keyOf(range)]),
  };
}

/** The range in the brackets that end a `for` or `with`. */
function bodyOf({ tokens, brackets }: RuleReading, { start, end }: Range): Range | null {
  for (let index = start; index < end; index += 1) {
    if (tokens[index]?.text === ':') {
      return brackets?.get(index + 1) === end - 1 ? { start: index + 2, end: end - 1 } : null;
    }
    index = brackets?.get(index) ?? index;
  }
  return null;
}
