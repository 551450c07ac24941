import { hashRules } from '../../rules/logic-hash.ts';
import { parseSource } from '../../rules/syntax/parse.ts';

/** Everything a ruleset records about the rules of a source. */
export function definitions(source: string): unknown {
  const parsed = parseSource(source);
  return {
    problems: parsed.problems,
    imports: parsed.imports.map(({ value }) => value),
    rules: hashRules(parsed, 'x').map(({ rule, logicHash, dependencies }) => [
      ...[rule.name, rule.private, rule.global, rule.tags, rule.meta, logicHash, dependencies],
      rule.patterns.map(({ identifier, value }) => [identifier, value]),
    ]),
  };
}
