import type { RuleSource } from '../../domain/rulesets/rule.ts';
import { ruleId } from '../../domain/rulesets/rule.ts';
import { createRequirementReader } from '../../rules/requirement/read-requirement.ts';
import type { Requirement } from '../../rules/requirement/requirement.ts';
import { parseSource } from '../../rules/syntax/parse.ts';

/** The rules that are reported, with what each requires. */
export function requirementsOf(
  sources: readonly RuleSource[],
): readonly { readonly id: string; readonly requirement: Requirement }[] {
  return sources.flatMap(({ namespace, source }) => {
    const { rules } = parseSource(source);
    const read = createRequirementReader(rules);
    return rules
      .filter((rule) => !rule.private)
      .map(({ name }) => ({ id: ruleId({ namespace, name }), requirement: read(name) }));
  });
}
