import { pairBrackets, type Range, splitRange } from '../scope/split-condition.ts';
import type { ParsedRule } from '../syntax/syntax.ts';
import type { LintProblem } from './lint-meta.ts';

const readsAll =
  /^(?:hash|math) \. (?:md5|sha1|sha256|crc32|checksum32|entropy|mean|deviation|serial_correlation|monte_carlo_pi|count|percentage|mode|to_string) \( (?:[^()]*, )?0 , filesize \)$/;
const maxDepth = 60;

/**
 * Checks whether the first thing that a condition asks for reads the whole file, as
 * `hash.md5(0, filesize)` does. The engine evaluates `and` from left to right and stops early, so a
 * cheap test in front of it spares most files.
 * @param isGuarded true if a global rule is evaluated before
 */
export function lintGuard(rule: ParsedRule, isGuarded: boolean): LintProblem[] {
  const tokens = rule.condition;
  const brackets = pairBrackets(tokens);
  if (isGuarded || brackets === null) return [];

  /** The first call that is evaluated for every file and reads all of it; null if there is none. */
  const find = (range: Range, depth: number): Range | null => {
    if (depth > maxDepth || range.start >= range.end) return null;
    for (const word of ['or', 'and'] as const) {
      const parts = splitRange(tokens, brackets, range, word);
      if (parts === null) return null;
      const [first] = parts;
      // A later part of `or` is evaluated for every file as well; one of `and` has the first as guard.
      if (parts.length > 1 && word === 'and') return first === undefined ? null : find(first, depth + 1);
      if (parts.length > 1) return firstOf(parts, (part) => find(part, depth + 1));
    }
    const { start, end } = range;
    if (tokens[start]?.text === '(' && brackets.get(start) === end - 1) {
      return find({ start: start + 1, end: end - 1 }, depth + 1);
    }
    if (tokens[start]?.text === 'not') return find({ start: start + 1, end }, depth + 1);
    if (/^(?:for|with)$/.test(tokens[start]?.text ?? '')) return null;
    return firstOf(
      Array.from({ length: end - start }, (_, index) => start + index),
      (index) => callAt(index),
    );
  };

  const callAt = (start: number): Range | null => {
    const close = brackets.get(start + 3);
    if (close === undefined || tokens[start + 1]?.text !== '.') return null;
    const range = { start, end: close + 1 };
    return readsAll.test(textOf(range)) ? range : null;
  };
  const textOf = ({ start, end }: Range) =>
    tokens
      .slice(start, end)
      .map(({ text }) => text)
      .join(' ');

  const found = find({ start: 0, end: tokens.length }, 0);
  const at = found === null ? undefined : tokens[found.start];
  if (found === null || at === undefined) return [];
  const call = textOf(found)
    .replaceAll(' . ', '.')
    .replaceAll(/ ?([(),]) ?/g, (_, mark: string) => (mark === ',' ? ', ' : mark));
  const message = `${rule.name} reads every file completely for ${call}: put a cheap test in front of it with "and", for example a limit on filesize or uint16(0) == 0x5A4D`;
  return [{ code: 'missing-guard', message, at }];
}

function firstOf<T>(all: readonly T[], find: (each: T) => Range | null): Range | null {
  for (const each of all) {
    const found = find(each);
    if (found !== null) return found;
  }
  return null;
}
