import { hashRules } from '../logic-hash.ts';
import { parseSource } from '../parse.ts';

/** What becomes of a source without one of its rules. */
export type RuleRemoval =
  | {
      readonly kind: 'removed';
      readonly source: string /** Names of the rules that are left. */;
      readonly left: readonly string[];
    }
  /** Other rules of the source need it: by name, by a wildcard, or because it is global. */
  | { readonly kind: 'needed'; readonly by: readonly string[] }
  | { readonly kind: 'absent' };

/**
 * Takes a rule out of a source, with the lines that were its own. Comments stay, those above it too: whom they speak of is not to be told.
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

/** Puts together what stood around a rule: of the blank lines on both sides those before it stay. */
function closed(before: string, after: string): string {
  const isOwnStart = /(?:^|\n)[ \t]*$/.test(before);
  const isOwnEnd = /^[ \t]*(?:\r?\n|$)/.test(after);
  if (!isOwnStart || !isOwnEnd) return before + (/\S$/.test(before) && /^\S/.test(after) ? ' ' : '') + after;
  const head = before.replace(/[ \t]*$/, '');
  const tail = after.replace(/^[ \t]*(?:\r?\n|$)/, '');
  const isGapBefore = head === '' || /\n[ \t]*\r?\n$/.test(head);
  if (tail === '') return isGapBefore ? head.replace(/\n(?:[ \t]*\r?\n)+$/, '\n') : head;
  return head + (isGapBefore ? tail.replace(/^(?:[ \t]*\r?\n)+/, '') : tail);
}
