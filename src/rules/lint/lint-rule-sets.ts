import type { Token } from '../syntax/lexer.ts';
import { isWildcard } from '../syntax/references.ts';
import type { ParsedRule } from '../syntax/syntax.ts';
import type { PlacedProblem, SourcePlace } from './placed-problem.ts';

/** A set of rules in a condition, by the prefix of their names. */
export interface RuleSetUse extends SourcePlace {
  readonly prefix: string;
}

/** Returns the prefixes of the sets of rules in a condition, as in `any of (Loader_*)`. */
export function ruleSetUses({ condition, references }: ParsedRule): readonly Token[] {
  return references.wildcards.length === 0 ? [] : condition.filter((_, index) => isWildcard(condition, index));
}

/**
 * Checks for sets of rules by the prefix of their names. YARA 4 has them. The engine refuses them
 * with a syntax error that does not explain the cause.
 * @param name of the rule that uses them
 * @param before names of the rules of the same file that come before the rule
 * @param elsewhere names of all rules, by file
 */
export function lintRuleSets(
  name: string,
  uses: readonly RuleSetUse[],
  before: readonly string[],
  elsewhere: ReadonlyMap<string, readonly string[]>,
): readonly PlacedProblem[] {
  return uses.map(({ prefix, ...place }): PlacedProblem => {
    const isMember = (each: string) => each.startsWith(prefix);
    const members = before.filter(isMember);
    const files = [...elsewhere].filter(([, names]) => names.some(isMember)).map(([file]) => file);
    const problem = `${name} uses the set of rules ${prefix}*: the engine does not support sets of rules by prefix. `;
    const way =
      members.length > 0
        ? `Name each rule: (${members.join(', ')})`
        : files.length > 0
          ? `Rules with that prefix are only in ${files.slice(0, 3).join(', ')}, and a rule sees only the rules before it in its own file: move them there and name each`
          : `No rule before ${name} in this file has that prefix`;
    return { severity: 'error', code: 'rule-set', message: problem + way, ...place };
  });
}
