import { readTestFile } from '../../rule-tests/read-test-file.ts';
import { testFileSuffix } from '../../rule-tests/spec.ts';
import { type TestsOfRule, testsOfRule } from '../../rule-tests/tests-of-rules.ts';

/**
 * Counts the tests of rules, each in the test file of its namespace. Each file is read once. A rule
 * without a file that can be read has no tests: the tests themselves report why.
 * @param rules by their `namespace:name`
 */
export async function countRuleTests(
  testsDir: string,
  rules: readonly string[],
): Promise<ReadonlyMap<string, TestsOfRule>> {
  const counts = new Map<string, TestsOfRule>();
  const byNamespace = Map.groupBy(rules, (rule) => rule.slice(0, rule.lastIndexOf(':')));
  for (const [namespace, all] of byNamespace) {
    const file = await readTestFile(testsDir, `${namespace}${testFileSuffix}`).catch(() => ({ tests: [] }));
    for (const rule of all) counts.set(rule, testsOfRule(file, rule));
  }
  return counts;
}
