import { neededOf } from '../scope/read-of.ts';
import { pairBrackets, type Range, splitRange } from '../scope/split-condition.ts';
import type { Token } from '../syntax/lexer.ts';
import { createNameIndex } from '../syntax/name-index.ts';
import type { ParsedRule } from '../syntax/syntax.ts';
import { oneLine, patternName } from '../syntax/written-text.ts';
import { type ConditionPart, type PartLogic, withHeads } from './condition-part.ts';
import { operandRanges } from './operands.ts';

/** Maximum nesting of a condition; a deeper part is a leaf. */
const maxDepth = 60;
/** Maximum number of parts of a condition; a set of more is a leaf. */
const maxParts = 4000;

/** Context of a part: where it is, and the text around it. */
interface Around {
  readonly depth: number;
  /** Heads of the `with` expressions around it. */
  readonly heads: readonly string[];
  /** Patterns that those heads use. */
  readonly patterns: readonly number[];
}

/**
 * Splits the condition of a rule into a tree of parts, by the grammar of YARA-X: `or` binds less
 * than `and`, which binds less than `not`. The elements of `any of …` and `for any of …` are parts;
 * other loops, comparisons and calls are leaves.
 */
export function splitParts(source: string, rule: ParsedRule): ConditionPart {
  const tokens = rule.condition;
  const brackets = pairBrackets(tokens);
  const byPrefix = createNameIndex(rule.patterns.map(({ identifier }) => identifier));
  const byName = new Map(rule.patterns.map(({ identifier }, index) => [identifier, index]));
  const rules = new Set(rule.references.rules);
  let partsLeft = maxParts;

  const textOf = ({ start, end }: Range): string => {
    const [first, last] = [tokens[start], tokens[end - 1]];
    return first === undefined || last === undefined ? '' : oneLine(source, { start: first.start, end: last.end });
  };
  const patternsIn = ({ start, end }: Range): readonly number[] => {
    const found = new Set<number>();
    for (let index = start; index < end; index += 1) {
      const { kind, text } = tokens[index] ?? { kind: 'unknown', text: '' };
      if (kind === 'identifier' && text === 'them') rule.patterns.forEach((_, at) => void found.add(at));
      if (kind === 'pattern' && tokens[index + 1]?.text === '*') byPrefix(text).forEach((at) => void found.add(at));
      const isMarked = kind === 'pattern' || kind === 'count' || kind === 'offset' || kind === 'length';
      const named = isMarked && text.length > 1 ? byName.get(`$${text.slice(1)}`) : undefined;
      if (named !== undefined) found.add(named);
    }
    return [...found];
  };

  const partOf = (range: Range, around: Around, logic: PartLogic): ConditionPart => {
    const text = textOf(range);
    return {
      text,
      expression: withHeads(text, around.heads),
      patterns: [...new Set([...around.patterns, ...patternsIn(range)])],
      start: tokens[range.start]?.start ?? 0,
      logic,
    };
  };

  const leaf = (range: Range, around: Around): ConditionPart => {
    const { start, end } = range;
    const token = tokens[start];
    const isWord = end - start === 1 && token?.kind === 'identifier';
    const pattern = end - start === 1 && token?.kind === 'pattern' ? byName.get(token.text) : undefined;
    const operands = brackets === null ? [] : operandRanges(tokens, brackets, range);
    return partOf(range, around, {
      kind: 'leaf',
      operands: operands.map((each) => ({
        text: textOf(each),
        heads: around.heads,
        patterns: [...new Set([...around.patterns, ...patternsIn(each)])],
      })),
      isConstant: isWord && (token.text === 'true' || token.text === 'false'),
      ...(pattern === undefined ? {} : { pattern }),
      ...(isWord && rules.has(token.text) ? { rule: token.text } : {}),
    });
  };

  const read = (range: Range, around: Around): ConditionPart => {
    if (brackets === null || around.depth > maxDepth) return leaf(range, around);
    const inner = { ...around, depth: around.depth + 1 };
    const { start, end } = range;
    for (const word of ['or', 'and'] as const) {
      const ranges = splitRange(tokens, brackets, range, word);
      if (ranges === null || ranges.some((each) => each.start >= each.end)) return leaf(range, around);
      if (ranges.length === 1) continue;
      if (!take(ranges.length)) return leaf(range, around);
      const of = ranges.map((each) => read(each, inner));
      return partOf(range, around, { kind: 'gate', word, needed: word === 'and' ? of.length : 1, isNone: false, of });
    }
    const first = tokens[start];
    if (first?.text === '(' && brackets.get(start) === end - 1) return read({ start: start + 1, end: end - 1 }, inner);
    if (first?.kind !== 'identifier' && first?.kind !== 'integer') return leaf(range, around);
    if (first.text === 'not') {
      return partOf(range, around, { kind: 'not', of: [read({ start: start + 1, end }, inner)] });
    }
    if (first.text === 'with') return readWith(range, inner, brackets) ?? leaf(range, around);
    const loop = first.text === 'for' ? bodyOf(range, brackets) : null;
    if (first.text === 'for' && loop === null) return leaf(range, around);
    return readOf(range, inner, brackets, loop) ?? leaf(range, around);
  };

  const readWith = (range: Range, around: Around, pairs: ReadonlyMap<number, number>): ConditionPart | null => {
    const body = bodyOf(range, pairs);
    if (body === null) return null;
    const head = { start: range.start, end: body.start - 2 };
    const within = {
      depth: around.depth,
      heads: [...around.heads, textOf(head)],
      patterns: [...around.patterns, ...patternsIn(head)],
    };
    return { ...partOf(range, around, { kind: 'with', of: [read(body, within)] }), text: textOf(head) };
  };

  /** @param loop the body of `for … of …`; null for `… of …` */
  const readOf = (
    { start, end }: Range,
    around: Around,
    pairs: ReadonlyMap<number, number>,
    loop: Range | null,
  ): ConditionPart | null => {
    const from = loop === null ? start : start + 1;
    const isPercent = tokens[from + 1]?.text === '%';
    const setAt = from + (isPercent ? 3 : 2);
    if (tokens[setAt - 1]?.text !== 'of') return null;
    const setEnd = (pairs.get(setAt) ?? setAt) + 1;
    const rest = { start: setEnd, end };
    const place = textOf(rest);
    if (loop === null ? place !== '' && !/^(?:at|in)\b/.test(place) : setEnd !== loop.start - 2) return null;
    const indexes = patternSet({ start: setAt, end: setEnd });
    const ranges =
      indexes === null && pairs.has(setAt) && place === '' && loop === null
        ? splitRange(tokens, pairs, { start: setAt + 1, end: setEnd - 1 }, ',')
        : null;
    const size = indexes?.length ?? ranges?.length ?? 0;
    const needed = neededOf({ tokens }, from, isPercent, size);
    if (size === 0 || needed === null || !take(size)) return null;
    // An undefined element can make the whole undefined, depending on the order of all elements.
    if (ranges?.some((each) => !isTotal(read(each, around), tokens.slice(each.start, each.end)))) return null;
    const of = indexes?.map((index) => element(index, { start, end }, around, place, loop));
    return partOf({ start, end }, around, {
      ...{ kind: 'gate', word: 'of' },
      needed,
      isNone: tokens[from]?.text === 'none',
      of: of ?? (ranges ?? []).map((each) => read(each, around)),
    });
  };

  const element = (index: number, range: Range, around: Around, place: string, loop: Range | null): ConditionPart => {
    const pattern = rule.patterns[index];
    const shown = pattern === undefined ? '' : patternName(pattern, index);
    const name = soleName(rule, index);
    const body = loop === null ? '' : textOf(loop);
    const text = loop === null ? `${name}${place === '' ? '' : ` ${place}`}` : `for any of (${name}) : ( ${body} )`;
    const others = loop === null ? { start: range.end, end: range.end } : loop;
    return {
      text: loop === null ? `${shown}${place === '' ? '' : ` ${place}`}` : `${shown} : (${body})`,
      expression: withHeads(text, around.heads),
      patterns: [
        ...new Set([...around.patterns, index, ...patternsIn(others), ...(loop === null ? placed(range) : [])]),
      ],
      start: tokens[range.start]?.start ?? 0,
      logic: {
        kind: 'leaf',
        operands: [],
        isConstant: false,
        ...(loop === null && place === '' && around.heads.length === 0 ? { pattern: index } : {}),
      },
    };
  };
  /** Patterns of the place after a set: those of the set are not meant. */
  const placed = ({ start, end }: Range): readonly number[] => {
    const at = tokens.findIndex(
      ({ kind, text }, index) =>
        index > start && index < end && kind === 'identifier' && (text === 'at' || text === 'in'),
    );
    return at < 0 ? [] : patternsIn({ start: at, end });
  };

  /** The patterns of `them` or of a list of patterns, each once; null if it is not such a list. */
  const patternSet = ({ start, end }: Range): readonly number[] | null => {
    if (end - start === 1) return tokens[start]?.text === 'them' ? rule.patterns.map((_, index) => index) : null;
    const found = new Set<number>();
    for (let index = start + 1; index < end - 1; index += 1) {
      const token = tokens[index];
      if (token?.kind !== 'pattern') return null;
      const isPrefix = tokens[index + 1]?.text === '*';
      const named = byName.get(token.text);
      if (isPrefix) byPrefix(token.text).forEach((at) => void found.add(at));
      else if (named === undefined || token.text === '$') return null;
      else found.add(named);
      index += isPrefix ? 2 : 1;
      if (index < end - 1 && tokens[index]?.text !== ',') return null;
    }
    return [...found];
  };

  const take = (count: number): boolean => {
    if (partsLeft < count) return false;
    partsLeft -= count;
    return true;
  };

  /** The range in the brackets that end a `for` or `with`. */
  const bodyOf = ({ start, end }: Range, pairs: ReadonlyMap<number, number>): Range | null => {
    for (let index = start; index < end; index += 1) {
      const close = pairs.get(index);
      if (tokens[index]?.text === ':') {
        return pairs.get(index + 1) === end - 1 ? { start: index + 2, end: end - 1 } : null;
      }
      if (close !== undefined) index = close;
    }
    return null;
  };

  return read({ start: 0, end: tokens.length }, { depth: 0, heads: [], patterns: [] });
}

/** Whether a part is certainly never undefined. */
function isTotal({ logic }: ConditionPart, tokens: readonly Token[]): boolean {
  if (logic.kind === 'gate') return true;
  if (logic.kind === 'not') return isTotal(logic.of[0], tokens.slice(1));
  if (logic.kind !== 'leaf') return false;
  if (logic.isConstant || logic.pattern !== undefined || logic.rule !== undefined) return true;
  return tokens.every(
    ({ kind, text }) =>
      kind === 'count' || kind === 'integer' || text === 'filesize' || /^(?:[<>]=?|[=!]=|[-+*()])$/.test(text),
  );
}

/** A name for one pattern: anonymous ones get one, so that an expression can use them. */
export function soleName({ patterns }: Pick<ParsedRule, 'patterns'>, index: number): string {
  const identifier = patterns[index]?.identifier ?? '$';
  if (identifier !== '$') return identifier;
  let name = `$_anonymous_${index + 1}`;
  while (patterns.some((each) => each.identifier === name)) name += '_';
  return name;
}
