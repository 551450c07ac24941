import { meaningOf } from '../scope/pattern-meaning.ts';
import { pairBrackets, type Range, splitRange } from '../scope/split-condition.ts';
import type { Token } from '../syntax/lexer.ts';
import { integerValue, stringBytes } from '../syntax/literals.ts';
import type { ParsedRule } from '../syntax/syntax.ts';
import { writtenTokens } from '../syntax/written-text.ts';
import { bytesOfInteger, type Comparison, createFacts, type Facts } from './condition-facts.ts';
import type { LintProblem } from './lint-meta.ts';

/** Maximum nesting of brackets; deeper expressions are not read. */
const maxDepth = 60;
/** Greatest number that is compared exactly. */
const maxExact = Number.MAX_SAFE_INTEGER;

const opposites: Readonly<Record<Comparison['operator'], Comparison['operator']>> = {
  ...{ '==': '!=', '!=': '==', '<': '>=', '>=': '<', '>': '<=', '<=': '>' },
};
const mirrored: Readonly<Record<string, Comparison['operator']>> = {
  ...{ '==': '==', '!=': '!=', '<': '>', '>=': '<=', '>': '<', '<=': '>=' },
};

/**
 * Finds parts of a condition that are never or always true because they contradict or complete each
 * other. The engine reports only constants and numbers out of range.
 */
export function lintCondition(rule: ParsedRule): LintProblem[] {
  const tokens = rule.condition;
  const brackets = pairBrackets(tokens);
  if (brackets === null) return [];
  const problems: LintProblem[] = [];
  /** The same for ranges of the same tokens. */
  const textOf = ({ start, end }: Range) => textOfTokens(tokens.slice(start, end));
  /** For a message. */
  const written = ({ start, end }: Range) => shorten(writtenTokens(tokens.slice(start, end)));
  const say = (code: string, { start }: Range, message: string) => {
    const at = tokens[start];
    problems.push({ code, message, ...(at === undefined ? {} : { at }) });
  };
  const partsOf = (range: Range, word: 'or' | 'and') => splitRange(tokens, brackets, range, word);

  const contradicted = (range: Range, other: string, isWhole: boolean) => {
    const what = isWhole ? `The condition of ${rule.name}` : `An alternative in the condition of ${rule.name}`;
    const why = other === '' ? '' : `, because "${other}" excludes it`;
    say('never-true', range, `${what} is never true: "${written(range)}" cannot hold${why}. Correct or remove it`);
  };

  /** Returns the range without brackets around it. */
  const inner = (range: Range): Range => {
    let { start, end } = range;
    while (tokens[start]?.text === '(' && brackets.get(start) === end - 1) {
      start += 1;
      end -= 1;
    }
    return { start, end };
  };

  /** All parts of nested `and`. Null if the range is not understood. */
  const conjuncts = (outer: Range, depth: number): readonly Range[] | null => {
    const range = inner(outer);
    if (depth > maxDepth || range.start >= range.end) return null;
    const alternatives = partsOf(range, 'or');
    if (alternatives === null) return null;
    if (alternatives.length > 1) return [range];
    const parts = partsOf(range, 'and');
    if (parts === null) return null;
    if (parts.length === 1) return [range];
    const all = parts.map((each) => conjuncts(each, depth + 1));
    return all.includes(null) ? null : all.flatMap((each) => each ?? []);
  };

  const walk = (outer: Range, facts: Facts, depth: number, isWhole: boolean): void => {
    const parts = conjuncts(outer, depth);
    if (parts === null) return;
    const own = facts.copy();
    const rest: (readonly Range[])[] = [];
    for (const part of parts) {
      const alternatives = partsOf(part, 'or') ?? [];
      if (alternatives.length > 1) {
        rest.push(alternatives);
        continue;
      }
      const other = addPart(part, own, false);
      if (other !== null) {
        contradicted(part, other, isWhole);
        return;
      }
      const negated = createFacts();
      if (isComparison(part) && addPart(part, negated, true) === '') {
        say(
          'always-true',
          part,
          `"${written(part)}" in the condition of ${rule.name} is always true: correct or remove it`,
        );
      }
    }
    for (const alternatives of rest) {
      const negated = createFacts();
      const completed = alternatives.find((each) => {
        const simple = conjuncts(each, depth + 1);
        return (
          simple?.length === 1 &&
          (partsOf(inner(each), 'or') ?? []).length === 1 &&
          (addPart(inner(each), negated, true) ?? '') !== ''
        );
      });
      if (completed !== undefined) {
        const last = alternatives[0] ?? completed;
        say(
          'always-true',
          last,
          `"${written({ start: last.start, end: completed.end })}" in the condition of ${rule.name} is always true, because one of its parts holds for every value: use "and", or correct them`,
        );
        continue;
      }
      for (const each of alternatives) walk(each, own, depth + 1, false);
    }
  };

  const isComparison = (range: Range) => comparisonOf(range) !== null;

  /** @returns as `Facts.add`; null also for parts that are not understood */
  const addPart = (range: Range, facts: Facts, isNegated: boolean): string | null => {
    let { start, end } = inner(range);
    let isNot = isNegated;
    while (tokens[start]?.kind === 'identifier' && tokens[start]?.text === 'not') {
      isNot = !isNot;
      ({ start, end } = inner({ start: start + 1, end }));
    }
    const part = { start, end };
    if ((partsOf(part, 'or') ?? []).length !== 1 || (partsOf(part, 'and') ?? []).length !== 1) return null;
    const text = written(range);
    const comparison = comparisonOf(part);
    if (comparison === null) return isConstant(part) ? null : addPlain(part, facts, isNot, text);
    const operator = isNot ? opposites[comparison.operator] : comparison.operator;
    const other = facts.add({ ...comparison, operator, text, mayBeUndefined: isNot && !isNegated });
    if (other !== null || isNot || comparison.operator !== '==') return other;
    const integer = integerOf(comparison.key);
    if (integer === null || typeof comparison.value !== 'number' || comparison.value < 0) return null;
    const { offset, size, isBigEndian } = integer;
    return (
      facts.add({ key: 'filesize', operator: '>=', value: offset + size, text, mayBeUndefined: false }) ??
      facts.addBytes(offset, bytesOfInteger(comparison.value, size, isBigEndian), text)
    );
  };

  /** A part that is true or false by itself. */
  const addPlain = (part: Range, facts: Facts, isNot: boolean, text: string): string | null => {
    const key = textOf(part);
    const other = facts.add({ key: `? ${key}`, operator: '==', value: isNot ? 0 : 1, text, mayBeUndefined: isNot });
    const [first, word, place] = tokens.slice(part.start, part.end);
    if (other !== null || isNot || first?.kind !== 'pattern') return other;
    if (part.end - part.start === 1)
      return facts.add({ key: `#${first.text.slice(1)}`, operator: '>=', value: 1, text, mayBeUndefined: false });
    const offset = place?.kind === 'integer' ? exactOf(place) : null;
    if (part.end - part.start !== 3 || word?.text !== 'at' || offset === null) return null;
    const pattern = rule.patterns.find(({ identifier }) => identifier === first.text);
    const [variant, ...more] = pattern === undefined ? [] : meaningOf(pattern).variants;
    if (variant?.kind !== 'bytes' || more.length > 0 || variant.xor[1] !== 0) return null;
    return (
      facts.add({
        key: 'filesize',
        operator: '>=',
        value: offset + variant.bytes.length,
        text,
        mayBeUndefined: false,
      }) ?? facts.addBytes(offset, variant.bytes, text)
    );
  };

  const isConstant = ({ start, end }: Range) => end - start === 1 && /^(?:true|false)$/.test(tokens[start]?.text ?? '');

  const comparisonOf = ({ start, end }: Range): Pick<Comparison, 'key' | 'operator' | 'value'> | null => {
    const word = tokens[start];
    if (word?.kind === 'identifier' && /^(?:for|with|not|defined)$/.test(word.text)) return null;
    const operators: number[] = [];
    for (let index = start; index < end; index += 1) {
      const close = brackets.get(index);
      if (close !== undefined) index = close;
      else if (tokens[index]?.kind === 'punctuation' && (tokens[index]?.text ?? '') in mirrored) operators.push(index);
    }
    const [at, ...more] = operators;
    const operator = mirrored[tokens[at ?? -1]?.text ?? ''];
    if (at === undefined || operator === undefined || more.length > 0) return null;
    const sides = [
      { start, end: at },
      { start: at + 1, end },
    ] as const;
    const [left, right] = sides.map((side) => constantOf(tokens.slice(side.start, side.end)));
    if ((left === null) === (right === null)) return null;
    if (left !== null && left !== undefined) return { key: textOf(sides[1]), operator, value: left };
    if (right === null || right === undefined) return null;
    return { key: textOf(sides[0]), operator: mirrored[operator] ?? operator, value: right };
  };

  walk({ start: 0, end: tokens.length }, createFacts(), 0, true);
  return [...problems, ...beyondTheEnd(rule)];
}

/** Reads that begin at the end of the file, which never have a value. */
function beyondTheEnd({ name, condition }: ParsedRule): LintProblem[] {
  return condition.flatMap((token, index): LintProblem[] => {
    if (token.kind !== 'identifier' || token.text !== 'filesize') return [];
    const [before, after] = [condition[index - 1], condition[index + 1]];
    const reader = condition[index - 2];
    const isRead = before?.text === '(' && after?.text === ')' && /^u?int(?:8|16|32)(?:be)?$/.test(reader?.text ?? '');
    const isPlace = before?.text === 'at' && !/^(?:[-+*\\%&|^~.]|<<|>>)$/.test(after?.text ?? '');
    if (!isRead && !isPlace) return [];
    const what = isRead ? `${reader?.text}(filesize)` : '"at filesize"';
    const message = `${what} in the condition of ${name} is never true: the last byte of a file is at filesize - 1. Subtract the length from filesize`;
    return [{ code: 'never-true', message, at: isRead ? (reader ?? token) : before === undefined ? token : before }];
  });
}

function integerOf(key: string): { offset: number; size: number; isBigEndian: boolean } | null {
  const found = /^uint(8|16|32)(be)? \( (\w+) \)$/.exec(key);
  const written = found?.[3] ?? '';
  if (found === null || !/^(?:0x[0-9a-fA-F]+|\d+)$/.test(written)) return null;
  const offset = Number(integerValue(written));
  return offset > maxExact / 2 ? null : { offset, size: Number(found[1]) / 8, isBigEndian: found[2] !== undefined };
}

/** The value of a number or text; null for any other expression. */
function constantOf(tokens: readonly Token[]): number | string | null {
  const [first, second, ...more] = tokens;
  if (first === undefined || more.length > 0) return null;
  if (first.text === '-' && second !== undefined) {
    const value = exactOf(second);
    return value === null ? null : -value;
  }
  if (second !== undefined) return null;
  if (first.kind === 'string') return stringBytes(first.text)?.toString('hex') ?? null;
  return exactOf(first);
}

function exactOf({ kind, text }: Token): number | null {
  if (kind === 'float') return Number(text);
  if (kind !== 'integer') return null;
  const value = Number(integerValue(text));
  return value > maxExact ? null : value;
}

/** The tokens with a space between each two. */
function textOfTokens(tokens: readonly Token[]): string {
  return tokens.map(({ text }) => text).join(' ');
}

function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
