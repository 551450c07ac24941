import { comparePatterns } from '../scope/compare-patterns.ts';
import { meaningOf } from '../scope/pattern-meaning.ts';
import { createWork, WorkSpent } from '../scope/work.ts';
import { integerValue, stringBytes } from '../syntax/literals.ts';
import type { ParsedPattern, ParsedRule } from '../syntax/syntax.ts';
import type { LintProblem } from './lint-meta.ts';

/** Patterns of a set that are compared with each other; larger sets are not checked. */
const maxCompared = 300;
/** Work limit for the comparisons of one rule. */
const maxWork = 20_000;

/**
 * Checks sets as in `2 of them` for strings that are part of each other: where the longer one is,
 * the shorter one is also found, so that both count and the rule needs less than it says.
 */
export function lintSets(rule: ParsedRule): LintProblem[] {
  const { condition } = rule;
  return condition.flatMap((token, index): LintProblem[] => {
    if (token.kind !== 'identifier' || token.text !== 'of') return [];
    const number = condition[index - 1];
    if (number?.kind !== 'integer' || integerValue(number.text) < 2n) return [];
    const set = setAfter(rule, index + 1);
    if (set === null || BigInt(set.length) <= integerValue(number.text)) return [];
    const pair = nested(set);
    if (pair === null) return [];
    const [longer, shorter] = pair;
    const message = `${longer.identifier} of ${rule.name} contains ${shorter.identifier}, so one text counts as two in "${number.text} of": remove one of the two from the set, or raise the number`;
    return [{ code: 'nested-strings', message, at: number }];
  });
}

/** The named patterns of a set without a place; null for anything else. */
function setAfter({ condition, patterns }: ParsedRule, start: number): readonly ParsedPattern[] | null {
  const named = patterns.filter(({ identifier }) => identifier !== '$');
  const first = condition[start];
  const isPlaced = (index: number) => /^(?:at|in|:)$/.test(condition[index]?.text ?? '');
  if (first?.text === 'them') return isPlaced(start + 1) || named.length !== patterns.length ? null : named;
  if (first?.text !== '(') return null;
  const found = new Set<ParsedPattern>();
  for (let index = start + 1; condition[index]?.text !== ')'; index += 1) {
    const token = condition[index];
    if (token === undefined) return null;
    if (token.text === ',' || token.text === '*') continue;
    if (token.kind !== 'pattern') return null;
    const isPrefix = condition[index + 1]?.text === '*';
    for (const each of named) {
      if (isPrefix ? each.identifier.startsWith(token.text) : each.identifier === token.text) found.add(each);
    }
    if (condition[index + 1]?.text === ')' && isPlaced(index + 2)) return null;
  }
  return [...found];
}

function nested(set: readonly ParsedPattern[]): readonly [ParsedPattern, ParsedPattern] | null {
  if (set.length > maxCompared) return null;
  const texts = set.flatMap((pattern) => {
    const bytes = pattern.kind === 'text' ? stringBytes(pattern.value) : null;
    return bytes === null ? [] : [{ pattern, text: bytes.toString('latin1').toLowerCase() }];
  });
  const work = createWork(maxWork);
  for (const longer of texts) {
    for (const shorter of texts) {
      // The engine warns about equal texts.
      if (shorter.text.length >= longer.text.length || !longer.text.includes(shorter.text)) continue;
      try {
        const fit = comparePatterns(meaningOf(longer.pattern), meaningOf(shorter.pattern), work);
        if (fit === 'count' || fit === 'presence') return [longer.pattern, shorter.pattern];
      } catch (error) {
        if (!(error instanceof WorkSpent)) throw error;
        return null;
      }
    }
  }
  return null;
}
