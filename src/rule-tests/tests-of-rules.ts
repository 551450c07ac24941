import type { RuleTestFile } from './spec.ts';

/** The tests of one rule in its file. */
export interface TestsOfRule {
  /** Tests that expect it to match. */
  readonly matching: number;
  /** Tests of the same file that expect it not to match. */
  readonly others: number;
}

/**
 * Counts the tests of a rule in its own test file. Tests with a `todo` do not count, because they
 * prove nothing yet.
 * @param rule by its `namespace:name`
 */
export function testsOfRule({ tests }: Pick<RuleTestFile, 'tests'>, rule: string): TestsOfRule {
  const counted = tests.filter(({ todo }) => todo === undefined);
  const matching = counted.filter(({ matches }) => matches.includes(rule)).length;
  return { matching, others: counted.length - matching };
}
