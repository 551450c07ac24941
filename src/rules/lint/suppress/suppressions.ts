import { commentsOf } from '../../syntax/comments.ts';
import { tokenize } from '../../syntax/lexer.ts';
import type { ParsedRule } from '../../syntax/syntax.ts';
import { suppressedCodes, suppressionReason } from './suppressed-codes.ts';

/** A code that a comment suppresses, and where. */
export interface Suppression {
  readonly code: string;
  /** The reason that the comment gives; empty without one. */
  readonly reason: string;
  /** Start of the comment, in UTF-16 code units from the start of the source. */
  readonly at: number;
  /** The range of the source it applies to; null if nothing follows. */
  readonly holds: { readonly start: number; readonly end: number } | null;
}

/**
 * Returns everything that comments suppress in a source, by the rules of YARA-X
 * (`lib/src/compiler/wsh.rs` in VirusTotal/yara-x). After code, a comment applies to its line.
 * Above a rule or pattern, it applies to the whole of it. Above anything else, it applies to the
 * next line.
 */
export function suppressionsOf(
  source: string,
  { rules }: { readonly rules: readonly Pick<ParsedRule, 'start' | 'end' | 'patterns'>[] },
): readonly Suppression[] {
  const tokens = tokenize(source);
  const comments = commentsOf(source, tokens).map(({ text, start, end }) => ({
    start,
    end,
    codes: suppressedCodes(text),
    reason: suppressionReason(text),
  }));
  if (comments.every(({ codes }) => codes.length === 0)) return [];
  const wholes = new Map(
    rules.flatMap(({ patterns, ...rule }) => [...patterns, rule].map((each) => [each.start, each])),
  );
  const found: Suppression[] = [];
  const add = ({ start, codes, reason }: (typeof comments)[number], holds: Suppression['holds']) => {
    for (const code of codes) found.push({ code, reason, at: start, holds });
  };
  /** Comments without code before them on their line. */
  let waiting: (typeof comments)[number][] = [];
  const settle = (holds: Suppression['holds']) => {
    for (const comment of waiting) add(comment, holds);
    waiting = [];
  };
  /** The code of the current line so far. */
  let line = null as Suppression['holds'];
  let end = 0;
  const goTo = (start: number) => {
    if (line === null || !source.slice(end, start).includes('\n')) return;
    settle(line);
    line = null;
  };
  let next = 0;
  for (const token of [...tokens, null]) {
    for (
      let each = comments[next];
      each !== undefined && each.start < (token?.start ?? source.length);
      each = comments[next]
    ) {
      next += 1;
      // Inside a hex pattern, which is one token.
      if (each.start < end) continue;
      goTo(each.start);
      if (line === null) waiting.push(each);
      else add(each, line);
      end = each.end;
    }
    if (token === null) break;
    goTo(token.start);
    const whole = wholes.get(token.start);
    if (whole !== undefined) settle({ start: whole.start, end: whole.end });
    line = { start: line?.start ?? token.start, end: token.end };
    end = token.end;
  }
  settle(line);
  return found;
}

/** Returns whether a suppression applies at a position of its source. */
export function holdsAt({ holds }: Suppression, offset: number): boolean {
  return holds !== null && holds.start <= offset && offset < holds.end;
}
