import type { PatternMeaning } from '../scope/pattern-meaning.ts';
import type { RuleReading } from '../scope/rule-reading.ts';
import type { Range } from '../scope/split-condition.ts';
import { integerValue } from '../syntax/literals.ts';
import type { FactNumber } from './facts.ts';

/** A number or text of a condition, as far as it is understood. */
export interface Operand {
  /** The number if no pattern matches, so that every `#a` is 0; null if it is not understood. */
  readonly number: FactNumber | null;
  /** Patterns whose matches are counted in it. */
  readonly counted: readonly PatternMeaning[];
  /** Patterns without which it is undefined. */
  readonly needed: readonly PatternMeaning[];
  /** Modules without whose format it is undefined. */
  readonly formats: readonly string[];
}

const unknown: Operand = { number: null, counted: [], needed: [], formats: [] };
const readers: Readonly<
  Record<string, Pick<Extract<FactNumber, { kind: 'read' }>, 'bytes' | 'isSigned' | 'isBigEndian'>>
> = Object.fromEntries(
  ([1, 2, 4] as const).flatMap((bytes) =>
    [true, false].flatMap((isSigned) =>
      [true, false].map((isBigEndian) => [
        `${isSigned ? '' : 'u'}int${bytes * 8}${isBigEndian ? 'be' : ''}`,
        { bytes, isSigned, isBigEndian },
      ]),
    ),
  ),
);
/** Operators of numbers that bind less first; those that are not calculated here are `unknown`. */
const levels: readonly (readonly string[])[] = [['|'], ['^'], ['&'], ['<<', '>>'], ['+', '-'], ['*', '\\', '%']];
const calculated = { '+': '+', '-': '-', '*': '*', '&': '&' } as const;
const maxDepth = 40;

/**
 * Reads a number of a condition. What is not understood is not a number, but may still show what
 * makes it defined. Null if the range is not one operand.
 * @param isFormat whether a name is that of a module, and what its fields need
 */
export function readOperand(
  rule: RuleReading,
  range: Range,
  isFormat: (index: number) => string | null,
): Operand | null {
  const { tokens, brackets } = rule;
  let at = range.start;
  const textAt = (index: number) => (index < range.end ? (tokens[index]?.text ?? '') : '');
  const isMark = (index: number, text: string) => textAt(index) === text && tokens[index]?.kind === 'punctuation';

  const readLevel = (level: number, depth: number): Operand | null => {
    const operators = levels[level];
    if (operators === undefined) return readUnary(depth);
    let left = readLevel(level + 1, depth);
    while (left !== null && operators.includes(textAt(at)) && tokens[at]?.kind === 'punctuation') {
      const operator = textAt(at);
      at += 1;
      const right = readLevel(level + 1, depth);
      left = right === null ? null : combine(operator, left, right);
    }
    return left;
  };

  const readUnary = (depth: number): Operand | null => {
    if (depth > maxDepth) return null;
    if (isMark(at, '-')) {
      at += 1;
      const right = readUnary(depth + 1);
      return right === null ? null : combine('-', { ...unknown, number: { kind: 'constant', value: 0 } }, right);
    }
    if (isMark(at, '~')) {
      at += 1;
      const right = readUnary(depth + 1);
      return right === null ? null : { ...right, number: null };
    }
    if (isMark(at, '(')) {
      const close = brackets?.get(at);
      if (close === undefined) return null;
      at += 1;
      const inner = readLevel(0, depth + 1);
      if (inner === null || at !== close) return null;
      at = close + 1;
      return inner;
    }
    return readPrimary(depth);
  };

  const readPrimary = (depth: number): Operand | null => {
    const token = at < range.end ? tokens[at] : undefined;
    if (token === undefined) return null;
    const start = at;
    at += 1;
    switch (token.kind) {
      case 'integer': {
        const value = Number(integerValue(token.text));
        return { ...unknown, number: Number.isSafeInteger(value) ? { kind: 'constant', value } : null };
      }
      case 'float':
      case 'string':
      case 'regexp':
        return unknown;
      case 'count': {
        if (textAt(at) === 'in' && !takeRange(at + 1)) return null;
        const pattern = rule.patternOf(token.text);
        return pattern === undefined
          ? null
          : { ...unknown, number: { kind: 'constant', value: 0 }, counted: [pattern] };
      }
      case 'offset':
      case 'length': {
        if (isMark(at, '[') && !takeBrackets()) return null;
        const pattern = rule.patternOf(token.text);
        return pattern === undefined ? null : { ...unknown, needed: [pattern] };
      }
      case 'identifier':
        return readName(start, depth);
      default:
        return null;
    }
  };

  const readName = (start: number, depth: number): Operand | null => {
    const name = textAt(start);
    const reader = readers[name];
    if (name === 'filesize') return { ...unknown, number: { kind: 'filesize' } };
    if (reader !== undefined && isMark(at, '(')) {
      const close = brackets?.get(at);
      if (close === undefined) return null;
      at += 1;
      const place = readLevel(0, depth + 1);
      if (place === null || at !== close) return null;
      at = close + 1;
      // Without matches it would be read elsewhere: that says nothing of where it is read.
      if (place.counted.length > 0 || place.number === null) return { ...place, counted: [], number: null };
      return { ...place, number: { kind: 'read', ...reader, at: place.number } };
    }
    let hasCall = false;
    let isConstant = false;
    for (;;) {
      if (isMark(at, '.') && tokens[at + 1]?.kind === 'identifier' && at + 1 < range.end) {
        // A constant of the module, which has a value without a file.
        isConstant ||= /[A-Z]/.test(textAt(at + 1)) || /^is_/.test(textAt(at + 1));
        at += 2;
      } else if (isMark(at, '[') || isMark(at, '(')) {
        hasCall ||= isMark(at, '(');
        if (!takeBrackets()) return null;
      } else break;
    }
    const format = hasCall || isConstant || at === start + 1 ? null : isFormat(start);
    return { ...unknown, formats: format === null ? [] : [format] };
  };

  const takeBrackets = (): boolean => {
    const close = brackets?.get(at);
    if (close === undefined || close >= range.end) return false;
    at = close + 1;
    return true;
  };
  const takeRange = (from: number): boolean => {
    at = from;
    return isMark(at, '(') && takeBrackets();
  };

  const operand = readLevel(0, 0);
  return at === range.end ? operand : null;
}

function combine(operator: string, left: Operand, right: Operand): Operand {
  const known = calculated[operator as keyof typeof calculated];
  const isKnown = known !== undefined && left.number !== null && right.number !== null;
  return {
    number: isKnown ? { kind: 'sum', operator: known, of: [left.number, right.number] } : null,
    counted: [...left.counted, ...right.counted],
    needed: [...left.needed, ...right.needed],
    formats: [...left.formats, ...right.formats],
  };
}
