import type { Range } from '../scope/split-condition.ts';
import type { Token } from '../syntax/lexer.ts';

const operators: ReadonlySet<string> = new Set([
  ...['==', '!=', '<', '<=', '>', '>=', 'contains', 'icontains', 'startswith', 'istartswith'],
  ...['endswith', 'iendswith', 'iequals', 'matches', 'at'],
]);
/** Their variables exist only inside. */
const loops: ReadonlySet<string> = new Set(['for', 'with', 'defined', 'not', 'of']);
const literals: ReadonlySet<string> = new Set(['integer', 'float', 'string', 'regexp', 'pattern']);

/**
 * Returns the ranges of the two sides of a comparison, or the offset of `$a at …`, without those
 * that are written as a value. Empty for anything else.
 */
export function operandRanges(
  tokens: readonly Token[],
  brackets: ReadonlyMap<number, number>,
  { start, end }: Range,
): readonly Range[] {
  const found: number[] = [];
  for (let index = start; index < end; index += 1) {
    const { kind, text } = tokens[index] ?? { kind: 'unknown', text: '' };
    if (kind === 'identifier' && loops.has(text)) return [];
    if ((kind === 'identifier' || kind === 'punctuation') && operators.has(text)) found.push(index);
    index = brackets.get(index) ?? index;
  }
  const [at] = found;
  if (at === undefined || found.length > 1) return [];
  const sides = [
    { start, end: at },
    { start: at + 1, end },
  ];
  return sides.filter((side) => side.start < side.end && !isLiteral(tokens, side));
}

function isLiteral(tokens: readonly Token[], { start, end }: Range): boolean {
  const from = tokens[start]?.text === '-' ? start + 1 : start;
  return end - from === 1 && literals.has(tokens[from]?.kind ?? '');
}
