import { removeRuleTests } from '../../../src/rule-tests/remove-rule-tests.ts';
import { parseTestFile } from '../../../src/rule-tests/spec.ts';
import { type FuzzTarget, require } from '../fuzz-target.ts';
import { ruleTestSeeds, yamlWords } from '../seeds/yaml.ts';

const path = 'a/b.yar.test.yaml';

/**
 * A test file is read or refused with its problems. Without the tests of a rule, it can still be
 * read and never names that rule.
 */
export const target: FuzzTarget = {
  name: 'rule-tests',
  of: ['src/rule-tests/spec.ts', 'src/files/yaml/yaml-places.ts', 'src/rule-tests/remove-rule-tests.ts'],
  syntax: 'yaml',
  seeds: ruleTestSeeds,
  words: [
    ...yamlWords,
    'tests:',
    'name',
    'sample',
    'matches',
    'strings',
    'text',
    'hex',
    'base64',
    'file',
    'archive',
    'todo',
  ],
  maxBytes: 20_000,
  run(input) {
    const text = input.toString();
    const { namespace, tests, problems } = parseTestFile(path, text);
    require(problems.every(({ line, column }) => line >= 1 && column >= 1), 'a problem has a place');
    if (problems.length > 0) return problems[0]?.code ?? 'problem';
    const own = tests.flatMap(({ matches }) => matches).find((each) => each.startsWith(`${namespace}:`));
    if (own === undefined) return 'no rule of its own';
    const rule = own.slice(namespace.length + 1);
    const left = removeRuleTests(path, text, rule, []);
    if (left === null) return 'no test is left';
    const after = parseTestFile(path, left);
    require(after.problems.length === 0, 'what is left can be read');
    require(after.tests.every(({ matches }) => !matches.includes(own)), 'no test is left that the rule matches');
    return 'removed';
  },
};
