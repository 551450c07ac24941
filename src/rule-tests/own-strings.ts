import type { Diagnostic } from '../domain/rulesets/diagnostic.ts';
import type { RuleSource } from '../domain/rulesets/rule.ts';
import type { RuleMatch } from '../domain/scans/match.ts';
import { eicar } from '../rules/lint/lint-hashes.ts';
import { parseSource } from '../rules/syntax/parse.ts';
import type { ParsedRule } from '../rules/syntax/syntax.ts';

/** Bytes between strings that are not content of their own: white space, zeros, punctuation. */
const filler: ReadonlySet<number> = new Set(Buffer.from('\0\t\n\r ,;.|_-'));

/** Whether a byte between strings does not count as content. */
export function isFiller(byte: number): boolean {
  return filler.has(byte);
}

/** A test that matches as expected. */
export interface MatchingTest {
  /** Path of the test file. */
  readonly file: string;
  readonly name: string;
  readonly line: number;
  /** True if a comment in the test file suppresses the warning. */
  readonly isSuppressed: boolean;
  /** Ids of the rules that the test expects and whose strings are all that its sample has. */
  readonly own: readonly string[];
  /** Ids of all rules that it expects. */
  readonly rules: readonly string[];
}

/**
 * Returns whether a sample has nothing but the strings that matched: such a test holds for any
 * condition over these strings. Regular expressions are not counted, because the author of the test
 * invented the text that they match. The EICAR test file is a real file that is only a string.
 * @param isFixed whether a string of the rule is a text or a hex pattern
 */
export function isOnlyOwnStrings(
  bytes: Uint8Array,
  { strings, stringsTotal }: RuleMatch,
  isFixed: (identifier: string) => boolean,
): boolean {
  if (strings.length === 0 || stringsTotal !== undefined) return false;
  if (!strings.every(({ identifier }) => isFixed(identifier))) return false;
  if (Buffer.from(bytes).toString('latin1').trim() === eicar) return false;
  const covered = new Uint8Array(bytes.length);
  for (const { offset, length } of strings) covered.fill(1, offset, offset + length);
  return bytes.every((byte, index) => covered[index] === 1 || isFiller(byte));
}

/** Warns about rules for which no test has more in its sample than their own strings. */
export function ownStringFindings(tests: readonly MatchingTest[]): readonly Diagnostic[] {
  const rules = [...new Set(tests.flatMap((each) => each.rules))];
  return rules.flatMap((rule): readonly Diagnostic[] => {
    const matching = tests.filter((each) => each.rules.includes(rule));
    const [first] = matching;
    if (first === undefined || matching.some(({ own, isSuppressed }) => isSuppressed || !own.includes(rule))) return [];
    const message = `the sample of "${first.name}" has nothing but the strings of ${rule}, as has every other sample of that rule: add a test with a sample as it occurs, so that the test shows what the rule finds`;
    return [{ severity: 'warning', code: 'lint/own-strings', message, file: first.file, line: first.line, column: 1 }];
  });
}

/** Finds the strings of rules that are texts or hex patterns. A source is read once, and only if needed. */
export function createFixedStrings(
  rules: readonly Pick<RuleSource, 'namespace' | 'source'>[],
): (namespace: string, rule: string) => (identifier: string) => boolean {
  const sources = new Map(rules.map(({ namespace, source }) => [namespace, source]));
  const parsed = new Map<string, readonly ParsedRule[]>();
  return (namespace, rule) => {
    const found = parsed.get(namespace) ?? parseSource(sources.get(namespace) ?? '').rules;
    parsed.set(namespace, found);
    const patterns = found.find(({ name }) => name === rule)?.patterns ?? [];
    const named = (identifier: string) => patterns.filter((each) => each.identifier === identifier);
    return (identifier) => named(identifier).length > 0 && named(identifier).every(({ kind }) => kind !== 'regexp');
  };
}

/** Lines (from 1) of a test file with a comment that suppresses this warning. */
export function suppressedLines(text: string): readonly number[] {
  return text
    .split('\n')
    .flatMap((line, index) => (/#.*\bsuppress:\s*lint\/own-strings\s+--+\s+\S/.test(line) ? [index + 1] : []));
}
