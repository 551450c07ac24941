import { createHash } from 'node:crypto';
import { RearviewError } from '../domain/errors.ts';
import { declarationKey, type VariableDeclaration } from '../domain/rulesets/variables.ts';
import { type Canonical, canonicalCondition, canonicalPattern } from './canonical.ts';
import { variablesOf } from './source-variables.ts';
import { createNameIndex } from './syntax/name-index.ts';
import type { ParsedRule, ParsedSource } from './syntax/syntax.ts';

/** Part of every hash: to be raised when the canonical form changes its meaning. */
const form = 'rearview.logic/1';

/**
 * Part of the hash of a rule that asks for the number, the places or the lengths of matches. Before, conditions saw no more than 100 matches of a pattern: what was
 * scanned then does not count as covered.
 */
const placesForm = 'all matches';

/**
 * Dependencies of all rules of a source together, and members of the sets that conditions name. A chain of rules has half the square of its length, a few
 * hundred kilobytes of them have more than any memory.
 */
const maxDependencies = 5_000_000;

/** A rule with what decides on what it matches. */
export interface HashedRule {
  readonly rule: ParsedRule;
  /** Lower-case hex SHA-256. */
  readonly logicHash: string;
  /** Names of the other rules that it needs, transitively, globals of the namespace included; in source order. */
  readonly dependencies: readonly string[];
}

export interface HashOptions {
  /** For the message. */
  readonly namespace?: string;
  /** The declared variables of the source. Default: none. */
  readonly variables?: readonly VariableDeclaration[] | undefined;
}

/**
 * The logic hash of every rule of one namespace, in source order: SHA-256 over the engine, the rule's modifiers, its patterns, the tokens
 * of its condition, the modules it uses, the type and default of the declared variables it uses, the logic of the rules it refers to and that of the global rules of the namespace. Name, meta,
 * tags, comments, layout and file take no part; a rule that it refers to enters by its logic, so renaming it in both places changes nothing.
 *
 * A wildcard set enters with every rule before it whose name begins so. Where equality is uncertain the hash differs: that costs a scan
 * too many, the contrary a match.
 * @param engine name and version of the engine
 * @throws RearviewError `ERR_RULES_INVALID` where the rules have more than five million dependencies
 */
export function hashRules(
  { rules }: Pick<ParsedSource, 'rules'>,
  engine: string,
  { namespace = 'one file', variables }: HashOptions = {},
): HashedRule[] {
  const spend = createBudget(namespace);
  /** The first rule of a name; the engine refuses a second. */
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

/** Whether a condition may depend on more of a pattern than whether it matched: by `#a`, `@a`, `!a`, `at` or `in`. */
function asksForPlaces({ condition }: ParsedRule): boolean {
  return condition.some(({ kind, text }) => /^(?:count|offset|length)$/.test(kind) || text === 'at' || text === 'in');
}

/** Counts what the rules depend on. */
function createBudget(namespace: string) {
  let left = maxDependencies;
  return <T extends readonly number[] | ReadonlySet<number>>(dependencies: T): T => {
    left -= 'size' in dependencies ? dependencies.size : dependencies.length;
    if (left >= 0) return dependencies;
    const problem = `The rules of ${namespace} depend on each other more than ${maxDependencies} times`;
    throw new RearviewError('ERR_RULES_INVALID', `${problem}: name fewer rules in each condition, or use more files.`);
  };
}

function sha256(value: Canonical): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}
