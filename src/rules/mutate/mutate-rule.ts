import { pairBrackets, type Range, splitRange } from '../scope/split-condition.ts';
import { type Token, tokenize } from '../syntax/lexer.ts';
import { stringBytes } from '../syntax/literals.ts';
import type { ParsedPattern, ParsedRule } from '../syntax/syntax.ts';
import { oneLine } from '../syntax/written-text.ts';
import { changeHex, changeRegexp, changeText } from './mutate-literals.ts';
import { changeWithin, type Mutation, onOneLine } from './mutation.ts';

const removed = '(removed)';
const opposites: ReadonlyMap<string, string> = new Map([
  ...both('and', 'or'),
  ...both('any', 'all'),
  ...both('==', '!='),
  ...both('<', '<='),
  ...both('>', '>='),
]);

/**
 * Returns the small changes of a rule, in the order of the source. Those that certainly change
 * nothing (`ascii` without `wide`, `any of` a single pattern) are left out. Some may not compile.
 * @param source of the rule
 */
export function mutateRule(source: string, rule: ParsedRule): readonly Mutation[] {
  const mutations = [
    ...rule.patterns.flatMap((pattern) => mutatePattern(source, pattern)),
    ...rule.condition.flatMap((token, index) => mutateToken(rule, token, index)),
    ...mutateConjuncts(source, rule.condition),
  ];
  return mutations.toSorted((a, b) => a.start - b.start || a.end - b.end);
}

function mutatePattern(source: string, { start, end }: ParsedPattern): Mutation[] {
  const [, , value, ...modifiers] = tokenize(source.slice(start, end));
  if (value === undefined) return [];
  const literal = changeLiteral(value, start);
  const isWord = (text: string) => modifiers.some((each) => each.kind === 'identifier' && each.text === text);
  const dropped = modifiers.flatMap((token, index): Mutation[] => {
    if (token.kind !== 'identifier' || token.text === 'private') return [];
    if (token.text === 'ascii' && !isWord('wide')) return [];
    if (token.text === 'nocase' && value.kind === 'string' && !hasLetters(value.text)) return [];
    // `xor(1-9)`, `base64("…")`
    const close =
      modifiers[index + 1]?.text === '(' ? modifiers.findIndex(({ text }, at) => at > index && text === ')') : index;
    const last = modifiers[close] ?? token;
    const span = { start: start + token.start, end: start + last.end };
    return [{ ...span, text: ' ', before: onOneLine(source.slice(span.start, span.end)), after: removed }];
  });
  return [...(literal === null ? [] : [literal]), ...dropCaseFlag(value, start), ...dropped];
}

function changeLiteral({ kind, text, start }: Token, offset: number): Mutation | null {
  if (kind === 'string') return changeText(text, offset + start);
  if (kind === 'hex') return changeHex(text, offset + start);
  return kind === 'regexp' ? changeRegexp(text, offset + start) : null;
}

/** The flag `i` of a regular expression, which is its `nocase`. */
function dropCaseFlag({ kind, text, start }: Token, offset: number): Mutation[] {
  const flag = kind === 'regexp' ? text.indexOf('i', text.lastIndexOf('/')) : -1;
  return flag < 0 ? [] : [changeWithin(text, offset + start, { start: flag, end: flag + 1 }, '')];
}

function hasLetters(literal: string): boolean {
  return stringBytes(literal)?.some((byte) => /[A-Za-z]/.test(String.fromCharCode(byte))) ?? true;
}

function mutateToken(rule: ParsedRule, token: Token, index: number): Mutation[] {
  const { kind, text, start, end } = token;
  const [before, next] = [rule.condition[index - 1], rule.condition[index + 1]];
  const change = (to: string, after = to): Mutation => ({ start, end, text: to, before: text, after });
  if (kind === 'integer') {
    // A percentage that differs by one mostly needs as many patterns.
    if (next?.text === '%' && rule.condition[index + 2]?.text === 'of') return [];
    return neighbours(text).map((each) => change(each));
  }
  if (kind === 'string' || kind === 'regexp') {
    const literal = changeLiteral(token, 0);
    return [...(literal === null ? [] : [literal]), ...dropCaseFlag(token, 0)];
  }
  if (kind !== 'identifier' && kind !== 'punctuation') return [];
  // A field of a module.
  if (before?.text === '.') return [];
  if (kind === 'identifier' && text === 'not') return [change(' ', removed)];
  const opposite = opposites.get(text);
  if (opposite === undefined || (next?.text === 'of' && isOfOne(rule, index + 2))) return [];
  return [change(opposite)];
}

/** The numbers next to one, written as it is: `4KB` gives `3KB` and `5KB`. */
function neighbours(literal: string): readonly string[] {
  const [, prefix = '', digits = '', unit = ''] = /^(0x|0o|)([0-9a-fA-F]+?)(KB|MB)?$/.exec(literal) ?? [];
  const radix = prefix === '0x' ? 16 : prefix === '0o' ? 8 : 10;
  const value = BigInt(`${prefix}${digits}`);
  const isUpper = digits !== digits.toLowerCase();
  return [value - 1n, value + 1n]
    .filter((each) => each >= 0n)
    .map((each) => {
      const written = each.toString(radix).padStart(prefix === '' ? 1 : digits.length, '0');
      return `${prefix}${isUpper ? written.toUpperCase() : written}${unit}`;
    });
}

/** Whether the set at this place of the condition has a single pattern. */
function isOfOne({ condition, patterns }: ParsedRule, index: number): boolean {
  if (condition[index]?.text === 'them') return patterns.length === 1;
  const [name, after] = [condition[index + 1], condition[index + 2]];
  if (condition[index]?.text !== '(' || name?.kind !== 'pattern') return false;
  if (after?.text === ')') return true;
  const isPrefix = after?.text === '*' && condition[index + 3]?.text === ')';
  return isPrefix && patterns.filter(({ identifier }) => identifier.startsWith(name.text)).length === 1;
}

/** Makes each operand of the outermost `and` true. */
function mutateConjuncts(source: string, tokens: readonly Token[]): Mutation[] {
  const brackets = pairBrackets(tokens);
  if (brackets === null) return [];
  let range: Range = { start: 0, end: tokens.length };
  while (tokens[range.start]?.text === '(' && brackets.get(range.start) === range.end - 1) {
    range = { start: range.start + 1, end: range.end - 1 };
  }
  if (splitRange(tokens, brackets, range, 'or')?.length !== 1) return [];
  const conjuncts = splitRange(tokens, brackets, range, 'and') ?? [];
  if (conjuncts.length < 2) return [];
  return conjuncts.flatMap((each): Mutation[] => {
    const [first, last] = [tokens[each.start], tokens[each.end - 1]];
    if (first === undefined || last === undefined || (first === last && first.text === 'true')) return [];
    const span = { start: first.start, end: last.end };
    const before = onOneLine(oneLine(source, span));
    // It stays in the source: the engine refuses a rule with a pattern that its condition does not use.
    return [{ ...span, text: `(${source.slice(span.start, span.end)} or true)`, before, after: 'true' }];
  });
}

function both(one: string, other: string): readonly (readonly [string, string])[] {
  return [
    [one, other],
    [other, one],
  ];
}
