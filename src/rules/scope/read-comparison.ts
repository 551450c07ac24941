import type { Token } from '../syntax/lexer.ts';
import { integerValue } from '../syntax/literals.ts';
import { constant, type Formula, gate, isPositive, type Leaf, literal, opposite, type Sign } from './formula.ts';
import { type Place, patternLeaf, readPlace } from './read-placed.ts';
import type { Reading } from './reading.ts';
import type { RuleReading } from './rule-reading.ts';
import type { Range } from './split-condition.ts';

/** A number that is compared: at least this much. Never negative. */
interface Quantity {
  readonly total: boolean;
  readonly leaf: (atLeast: bigint) => Leaf;
}

const mirrored: Readonly<Record<string, string>> = {
  ...{ '<': '>', '>': '<', '<=': '>=', '>=': '<=', '==': '==', '!=': '!=' },
};

/** Reads a comparison of `filesize`, `#a` or `#a in (…)` with a number; null for anything else. */
export function readComparison(rule: RuleReading, { start, end }: Range, sign: Sign): Reading | null {
  const { tokens } = rule;
  const ordered =
    readOrdered(rule, { start, end: end - 2 }, tokens[end - 2], tokens[end - 1]) ??
    readOrdered(rule, { start: start + 2, end }, tokens[start + 1], tokens[start], true);
  if (ordered === null) return null;
  const { quantity, operator, bound } = ordered;
  const { total } = quantity;
  // Below 1 it only asks whether there is a value at all.
  if (!total && bound < 1n) return null;
  const least = (atLeast: bigint, asked: Sign): Formula =>
    atLeast < 1n ? constant(true, asked) : literal(quantity.leaf(atLeast), asked);
  const equal = (asked: Sign): Formula =>
    gate(isPositive(asked) ? 2 : 1, [least(bound, asked), least(bound + 1n, opposite(asked))]);
  const formulas: Readonly<Record<string, () => Formula>> = {
    '>=': () => least(bound, sign),
    '>': () => least(bound + 1n, sign),
    '<': () => least(bound, opposite(sign)),
    '<=': () => least(bound + 1n, opposite(sign)),
    '==': () => equal(sign),
    '!=': () => equal(opposite(sign)),
  };
  const formula = formulas[operator]?.();
  return formula === undefined ? null : { formula, total };
}

function readOrdered(
  rule: RuleReading,
  range: Range,
  operator: Token | undefined,
  number: Token | undefined,
  isMirrored = false,
): { readonly quantity: Quantity; readonly operator: string; readonly bound: bigint } | null {
  const written = operator?.kind === 'punctuation' ? mirrored[operator.text] : undefined;
  if (range.start >= range.end || written === undefined || number?.kind !== 'integer') return null;
  const quantity = readQuantity(rule, range);
  if (quantity === null) return null;
  return { quantity, operator: isMirrored ? written : (operator?.text ?? ''), bound: integerValue(number.text) };
}

function readQuantity(rule: RuleReading, { start, end }: Range): Quantity | null {
  const first = rule.tokens[start];
  if (first?.kind === 'identifier' && first.text === 'filesize' && end - start === 1) {
    return {
      total: true,
      leaf: (atLeast) => ({ kind: 'filesize', key: `filesize ${atLeast}`, total: true, atLeast }),
    };
  }
  const pattern = first?.kind === 'count' ? rule.patternOf(first.text) : undefined;
  const place = readCountPlace(rule, { start: start + 1, end });
  if (pattern === undefined || place === null) return null;
  return { total: place.total, leaf: (atLeast) => patternLeaf(pattern, atLeast, place) };
}

/** A range in brackets with nothing after it: otherwise it would be part of a sum. */
function readCountPlace(rule: RuleReading, range: Range): Place | null {
  const isWhole = range.start === range.end || rule.brackets?.get(range.start + 1) === range.end - 1;
  return isWhole ? readPlace(rule, range) : null;
}
