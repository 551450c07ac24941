import { hashRules } from '../logic-hash.ts';
import { parseSource } from '../syntax/parse.ts';
import { blanksAfter, blanksBefore } from './blanks.ts';

/** The result of removing a rule from a source. */
export type RuleRemoval =
  | {
      readonly kind: 'removed';
      readonly source: string /** Names of the remaining rules. */;
      readonly left: readonly string[];
    }
  /** Other rules of the source need it: by name, by a wildcard, or because it is global. */
  | { readonly kind: 'needed'; readonly by: readonly string[] }
  | { readonly kind: 'absent' };

/**
 * Removes a rule from a source, with the lines that it has for itself. Comments stay, including
 * those above it, because it is unknown what they refer to.
 */
export function removeRule(source: string, name: string): RuleRemoval {
  const parsed = parseSource(source);
  const rule = parsed.rules.find((each) => each.name === name);
  if (rule === undefined) return { kind: 'absent' };
  const others = hashRules(parsed, '').filter((each) => each.rule !== rule);
  const by = others.filter(({ dependencies }) => dependencies.includes(name)).map((each) => each.rule.name);
  if (by.length > 0) return { kind: 'needed', by };
  const [before, after] = [source.slice(0, rule.start), source.slice(rule.end)];
  return { kind: 'removed', source: closed(before, after), left: others.map((each) => each.rule.name) };
}

/**
 * Joins the text before and after a rule. Of the blank lines on both sides, those before it stay.
 */
function closed(before: string, after: string): string {
  const head = before.slice(0, blanksBefore(before, before.length));
  const tail = after.slice(blanksAfter(after, 0));
  const isOwnStart = head === '' || head.endsWith('\n');
  const isOwnEnd = tail === '' || lineEndAt(tail, 0) > 0;
  if (!isOwnStart || !isOwnEnd) return before + (/\S$/.test(before.slice(-1)) && /^\S/.test(after) ? ' ' : '') + after;
  const rest = tail.slice(lineEndAt(tail, 0));
  const isGapBefore = head === '' || blankLineStart(head, head.length) !== null;
  if (rest === '') return isGapBefore ? withoutBlankLinesAtEnd(head) : head;
  return head + (isGapBefore ? rest.slice(blankLinesEnd(rest)) : rest);
}

/** Returns the position after the line end at `at`, with or without CR; `at` if there is none. */
function lineEndAt(text: string, at: number): number {
  if (text.startsWith('\r\n', at)) return at + 2;
  return text[at] === '\n' ? at + 1 : at;
}

/** Returns the position after all blank lines at the start of a text. */
function blankLinesEnd(text: string): number {
  for (let at = 0; ; ) {
    const blanks = blanksAfter(text, at);
    const next = lineEndAt(text, blanks);
    if (next === blanks) return at;
    at = next;
  }
}

/** Returns the text without its blank lines at the end, except one that is its first line. */
function withoutBlankLinesAtEnd(text: string): string {
  for (let end = text.length; ; ) {
    const start = blankLineStart(text, end);
    if (start === null) return text.slice(0, end);
    end = start;
  }
}

/**
 * Returns where the blank line that ends at `end` starts; null if there is none, or it is the first
 * line.
 */
function blankLineStart(text: string, end: number): number | null {
  if (text[end - 1] !== '\n') return null;
  const start = blanksBefore(text, end - (text[end - 2] === '\r' ? 2 : 1));
  return text[start - 1] === '\n' ? start : null;
}
