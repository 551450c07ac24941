import { createHash } from 'node:crypto';
import { RearviewError } from '../domain/errors.ts';
import { declarationKey, type VariableDeclaration } from '../domain/rulesets/variables.ts';
import { type Canonical, canonicalCondition, canonicalPattern } from './canonical.ts';
import { variablesOf } from './source-variables.ts';
import { createNameIndex } from './syntax/name-index.ts';
import type { ParsedRule, ParsedSource } from './syntax/syntax.ts';

/** Part of every hash. Increment it when the meaning of the canonical form changes. */
const form = 'rearview.logic/1';

/**
 * Part of the hash of a rule that uses the number, positions or lengths of matches. In the past,
 * conditions saw at most 100 matches of a pattern, so those scans do not count as coverage.
 */
const placesForm = 'all matches';

/**
 * Maximum number of dependencies of all rules of a source and of members of the sets in conditions.
 * A chain of rules has half the square of its length, so a few hundred kilobytes of rules could
 * exhaust any memory.
 */
const maxDependencies = 5_000_000;

/** A rule with everything that affects what it matches. */
export interface HashedRule {
  readonly rule: ParsedRule;
  /** Lower-case hex SHA-256. */
  readonly logicHash: string;
  /**
   * Names of the other rules it needs, transitive, including globals of the namespace; in source
   * order.
   */
  readonly dependencies: readonly string[];
}

export interface HashOptions {
  /** For the error message. */
  readonly namespace?: string;
  /** The declared variables of the source. Default: none. */
  readonly variables?: readonly VariableDeclaration[] | undefined;
}

/**
 * Returns the logic hash of every rule of one namespace, in source order. It is the SHA-256 over:
 * - the engine, the rule's modifiers, its patterns and the tokens of its condition;
 * - the modules it uses, and the type and default of the declared variables it uses;
 * - the logic of the rules it refers to and of the global rules of the namespace.
 *
 * Name, meta, tags, comments, layout and file do not affect it. A referenced rule contributes its
 * logic, so renaming it in both places changes nothing.
 *
 * A wildcard set contributes every earlier rule with that prefix. If equality is uncertain, the
 * hashes differ: that costs an extra scan, the opposite would cost a match.
 * @param engine name and version of the engine
 * @throws RearviewError `ERR_RULES_INVALID` if the rules have more than five million dependencies
 */
export function hashRules(
  { rules }: Pick<ParsedSource, 'rules'>,
  engine: string,
  { namespace = 'one file', variables }: HashOptions = {},
): HashedRule[] {
  const spend = createBudget(namespace);
  /** The first rule with a name; the engine refuses a second. */
  const indexes = new Map<string, number>();
  const cores: string[] = [];
  const needs: ReadonlySet<number>[] = [];
  const findByPrefix = createNameIndex(rules.map(({ name }) => name));
  rules.forEach((rule, index) => {
    const inSet = (prefix: string) => spend(findByPrefix(prefix, index));
    const used = variablesOf(rule, variables);
    const coreOf = (earlier: number | undefined) => cores[earlier ?? -1] ?? '';
    cores.push(
      sha256([
        [rule.private, rule.global],
        rule.patterns.map(canonicalPattern),
        canonicalCondition(rule, {
          rule: (name) => coreOf(indexes.get(name)),
          wildcard: (prefix) => inSet(prefix).map(coreOf),
        }),
        rule.references.modules.toSorted(),
        ...(asksForPlaces(rule) ? [placesForm] : []),
        ...(used.length > 0 ? [['variables', ...used.map(declarationKey)]] : []),
      ]),
    );
    const direct = [
      ...rule.references.rules.flatMap((name) => indexes.get(name) ?? []),
      ...rule.references.wildcards.flatMap(inSet),
    ];
    const all = new Set<number>();
    for (const earlier of direct) {
      all.add(earlier);
      for (const each of needs[earlier] ?? []) all.add(each);
    }
    needs.push(spend(all));
    if (!indexes.has(rule.name)) indexes.set(rule.name, index);
  });
  const globals = rules.flatMap(({ global }, index) => (global ? [index] : []));
  const globalNeeds = new Set(globals.flatMap((index) => [index, ...(needs[index] ?? [])]));
  return rules.map((rule, index) => {
    const gates = globals.filter((each) => each !== index).map((each) => cores[each] ?? '');
    const all = new Set([...spend(globalNeeds), ...(needs[index] ?? [])]);
    all.delete(index);
    return {
      rule,
      logicHash: sha256([form, engine, cores[index] ?? '', gates.sort()]),
      dependencies: [...all].sort((a, b) => a - b).map((each) => rules[each]?.name ?? ''),
    };
  });
}

/**
 * Returns whether a condition may depend on more of a pattern than whether it matched: by `#a`,
 * `@a`, `!a`, `at` or `in`.
 */
function asksForPlaces({ condition }: ParsedRule): boolean {
  return condition.some(({ kind, text }) => /^(?:count|offset|length)$/.test(kind) || text === 'at' || text === 'in');
}

/** Counts the dependencies of the rules. */
function createBudget(namespace: string) {
  let left = maxDependencies;
  return <T extends readonly number[] | ReadonlySet<number>>(dependencies: T): T => {
    left -= 'size' in dependencies ? dependencies.size : dependencies.length;
    if (left >= 0) return dependencies;
    const problem = `The rules of ${namespace} have more than ${maxDependencies} dependencies on each other`;
    throw new RearviewError('ERR_RULES_INVALID', `${problem}: use fewer rules in each condition, or split the file.`);
  };
}

function sha256(value: Canonical): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}
