import { isWildcard } from '../syntax/references.ts';
import type { ParsedRule } from '../syntax/syntax.ts';
import type { LintProblem } from './lint-meta.ts';

/**
 * Checks for sets of rules by the prefix of their names, as in `any of (Loader_*)`. YARA 4 has
 * them. The engine refuses them with a syntax error that does not explain the cause.
 * @param before names of the rules of the same file that come before the rule
 * @param elsewhere names of all rules, by file
 */
export function lintRuleSets(
  { name, condition }: ParsedRule,
  before: readonly string[],
  elsewhere: ReadonlyMap<string, readonly string[]>,
): LintProblem[] {
  return condition.flatMap((token, index): LintProblem[] => {
    if (!isWildcard(condition, index)) return [];
    const isMember = (each: string) => each.startsWith(token.text);
    const members = before.filter(isMember);
    const files = [...elsewhere].filter(([, names]) => names.some(isMember)).map(([file]) => file);
    const start = `${name} uses the set of rules ${token.text}*: the engine does not support sets of rules by prefix. `;
    const way =
      members.length > 0
        ? `Name each rule: (${members.join(', ')})`
        : files.length > 0
          ? `Rules with that prefix are only in ${files.slice(0, 3).join(', ')}, and a rule sees only the rules before it in its own file: move them there and name each`
          : `No rule before ${name} in this file has that prefix`;
    return [{ severity: 'error', code: 'rule-set', message: start + way, at: token }];
  });
}
