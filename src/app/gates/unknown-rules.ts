import { type RuleEntry, ruleId } from '../../domain/rulesets/rule.ts';
import { nearNames } from '../../domain/text/near-names.ts';
import type { RuleTest } from '../../rule-tests/spec.ts';

type Entry = Pick<RuleEntry, 'namespace' | 'name' | 'private'>;

/**
 * Returns a function that says why no rule of the ruleset can match as a test expects; null if all
 * expected rules are there.
 */
export function findUnknownRules(
  entries: readonly Entry[],
): (test: Pick<RuleTest, 'matches'>, namespace: string) => string | null {
  const known = new Map(entries.map((entry) => [ruleId(entry), entry]));
  return ({ matches }, own) => {
    const unknown = matches.find((id) => known.get(id)?.private !== false);
    if (unknown === undefined) return null;
    const at = unknown.lastIndexOf(':');
    const [namespace, name] = [unknown.slice(0, at), unknown.slice(at + 1)];
    if (known.has(unknown)) {
      return `The rule ${name} of ${namespace} is private, and private rules are not reported: name a public rule that depends on it.`;
    }
    const inFile = entries.filter((entry) => entry.namespace === namespace && !entry.private);
    if (inFile.length === 0 && namespace !== own) {
      return `There is no rule file ${namespace} with public rules: check the path before the colon.`;
    }
    const [near] = nearNames(
      name,
      inFile.map((entry) => entry.name),
    );
    return `No public rule ${name} in ${namespace}${near === undefined ? ': check the name' : `; did you mean ${near}?`}`;
  };
}
