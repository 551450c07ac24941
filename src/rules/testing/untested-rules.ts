import type { Diagnostic } from '../../domain/diagnostic.ts';
import { type RuleEntry, type RuleSource, ruleId } from '../../domain/rule.ts';
import type { RuleTestFile } from './spec.ts';

export interface UntestedRulesOptions {
  readonly rules: readonly RuleSource[];
  readonly rulesEntries: readonly Pick<RuleEntry, 'namespace' | 'name' | 'private'>[];
  readonly files: readonly RuleTestFile[];
}

/**
 * Every public rule needs a test of its own file that it matches and one that it does not. Tests with a `todo` do not count:
 * they prove nothing yet.
 */
export function untestedRules({ rules, rulesEntries, files }: UntestedRulesOptions): Diagnostic[] {
  const sources = new Map(rules.map(({ namespace, source }) => [namespace, source]));
  return rulesEntries.flatMap(({ namespace, name, private: hidden }) => {
    const source = sources.get(namespace);
    if (hidden || source === undefined) return [];
    const file = files.find((each) => each.namespace === namespace);
    const tests = (file?.tests ?? []).filter(({ todo }) => todo === undefined);
    const matching = tests.filter(({ matches }) => matches.includes(ruleId({ namespace, name }))).length;
    const finding = (code: string, message: string): Diagnostic[] => [
      { severity: 'error', code, message, file: namespace, ...placeOf(source, name) },
    ];
    const where = `rule-tests/${namespace}.test.yaml`;
    return [
      ...(matching > 0 ? [] : finding('test/no-positive', `No test has ${name} match: add one to ${where}.`)),
      ...(matching < tests.length
        ? []
        : finding('test/no-negative', `No test has ${name} not match: add one to ${where}.`)),
    ];
  });
}

/** Good enough to lead the eye; a comment may hold the same words. */
function placeOf(source: string, rule: string): Pick<Diagnostic, 'line' | 'column'> {
  const found = new RegExp(`^[^\\n/]*?\\brule\\s+(${rule})\\b`, 'm').exec(source);
  if (found === null) return { line: 0, column: 0 };
  const lines = source.slice(0, found.index + found[0].length - rule.length).split('\n');
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
}
