import { ruleId } from '../domain/rulesets/rule.ts';
import type { MatchedString, RuleMatch } from '../domain/scans/match.ts';
import type { MissingString, TestFailure } from './results.ts';
import type { ExpectedString, RuleTest } from './spec.ts';

/**
 * Compares the matches with the expectation of a test.
 * @param namespace of the rules that the test belongs to: exactly the expected ones of these may
 *   match
 * @returns undefined if the test passes
 */
export function compareMatches(
  test: Pick<RuleTest, 'matches' | 'strings'>,
  namespace: string,
  matches: readonly RuleMatch[],
): TestFailure | undefined {
  const found = new Map(matches.map((match) => [ruleId({ namespace: match.namespace, name: match.rule }), match]));
  const expected = new Set(test.matches);
  const isOwn = (id: string): boolean => found.get(id)?.namespace === namespace;
  const actual = [...found.keys()].filter((id) => isOwn(id) || expected.has(id)).sort();
  const missing = [...expected].filter((id) => !found.has(id)).sort();
  const unexpected = actual.filter((id) => !expected.has(id));
  const missingStrings = [...test.strings].flatMap(([id, strings]) => {
    const match = found.get(id);
    // In that case, the rule itself is reported.
    return match === undefined ? [] : strings.flatMap((each) => missingString(id, each, match.strings));
  });
  if (missing.length + unexpected.length + missingStrings.length === 0) return undefined;
  return { expected: [...expected].sort(), actual, missing, unexpected, missingStrings };
}

/** Returns the failure of a test that could not run. */
export function brokenTest(error: string): TestFailure {
  return { error, expected: [], actual: [], missing: [], unexpected: [], missingStrings: [] };
}

function missingString(rule: string, expected: ExpectedString, strings: readonly MatchedString[]): MissingString[] {
  const actual = strings.filter(({ identifier }) => identifier === expected.identifier);
  const same = (value: unknown, required: unknown): boolean => required === undefined || value === required;
  const found = actual.some(
    (each) =>
      same(each.offset, expected.offset) && same(each.length, expected.length) && same(each.data, expected.data),
  );
  return found ? [] : [{ rule, expected, actual }];
}
