import { type RuleEntry, type RuleSource, ruleId } from '../domain/rulesets/rule.ts';
import { createLineIndex } from '../rules/syntax/line-index.ts';
import { parseSource } from '../rules/syntax/parse.ts';
import { isVendored } from '../rules/vendored.ts';
import type { UntestedRule } from './results.ts';
import { type RuleTestFile, testFileSuffix } from './spec.ts';
import { testsOfRule } from './tests-of-rules.ts';

export interface UntestedRulesOptions {
  readonly rules: readonly RuleSource[];
  readonly rulesEntries: readonly Pick<RuleEntry, 'namespace' | 'name' | 'private'>[];
  readonly files: readonly RuleTestFile[];
  /** The tests folder, as messages name it. */
  readonly testsDir: string;
}

/**
 * Finds rules without enough tests. Every public rule needs a test in its own file that it matches
 * and one that it does not match, but for those of `vendor/`. Tests with a `todo` do not count,
 * because they prove nothing yet. Nothing is said of the rules of a test file that cannot be read, or
 * that names a rule which does not exist: its own problem comes first.
 * Lines are those of the sources, with includes resolved.
 */
export function untestedRules({ rules, rulesEntries, files, testsDir }: UntestedRulesOptions): UntestedRule[] {
  const sources = new Map(rules.map(({ namespace, source }) => [namespace, source]));
  const placeOf = createPlaces(sources);
  const known = new Set(rulesEntries.map(ruleId));
  return rulesEntries.flatMap(({ namespace, name, private: hidden }) => {
    if (hidden || isVendored(namespace) || !sources.has(namespace)) return [];
    const file = files.find((each) => each.namespace === namespace);
    if (file !== undefined && !isComplete(file, known)) return [];
    const { matching, others } = testsOfRule(file ?? { tests: [] }, ruleId({ namespace, name }));
    const problem = (code: string, message: string): UntestedRule[] => [
      {
        severity: 'error',
        code,
        message,
        rule: ruleId({ namespace, name }),
        file: namespace,
        ...placeOf(namespace, name),
      },
    ];
    const where = `${testsDir}/${namespace}${testFileSuffix}`;
    return [
      ...(matching > 0 ? [] : problem('test/no-positive', `No test expects ${name} to match: add one to ${where}.`)),
      ...(others > 0 ? [] : problem('test/no-negative', `No test expects ${name} not to match: add one to ${where}.`)),
    ];
  });
}

function isComplete({ tests, problems }: RuleTestFile, known: ReadonlySet<string>): boolean {
  if (tests.length === 0 && problems.length > 0) return false;
  return tests.every(({ matches }) => matches.every((rule) => known.has(rule)));
}

type Place = Pick<UntestedRule, 'line' | 'column'>;

/** Finds the positions of rule names. A source is read once, and only if something is missing. */
function createPlaces(sources: ReadonlyMap<string, string>): (namespace: string, rule: string) => Place {
  const known = new Map<string, ReadonlyMap<string, Place>>();
  return (namespace, rule) => {
    const places = known.get(namespace) ?? placesOf(sources.get(namespace) ?? '');
    known.set(namespace, places);
    return places.get(rule) ?? { line: 0, column: 0 };
  };
}

function placesOf(source: string): ReadonlyMap<string, Place> {
  const placeAt = createLineIndex(source);
  return new Map(parseSource(source).rules.map(({ name, parts }) => [name, placeAt(parts.name.start)]));
}
