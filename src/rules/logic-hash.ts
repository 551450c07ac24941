import { createHash } from 'node:crypto';
import { type Canonical, canonicalCondition, canonicalPattern } from './canonical.ts';
import type { ParsedRule, ParsedSource } from './syntax.ts';

/** Part of every hash: to be raised when the canonical form changes its meaning. */
const form = 'rearview.logic/1';

/** A rule with what decides on what it matches. */
export interface HashedRule {
  readonly rule: ParsedRule;
  /** Lower-case hex SHA-256. */
  readonly logicHash: string;
  /** Names of the other rules that it needs, transitively, globals of the namespace included; in source order. */
  readonly dependencies: readonly string[];
}

/**
 * The logic hash of every rule of one namespace, in source order: SHA-256 over the engine, the rule's modifiers, its patterns, the tokens
 * of its condition, the modules it uses, the logic of the rules it refers to and that of the global rules of the namespace. Name, meta,
 * tags, comments, layout and file take no part; a rule that it refers to enters by its logic, so renaming it in both places changes nothing.
 *
 * A wildcard set enters with every rule before it whose name begins so. Where equality is uncertain the hash differs: that costs a scan
 * too many, the contrary a match.
 * @param engine name and version of the engine
 */
export function hashRules({ rules }: Pick<ParsedSource, 'rules'>, engine: string): HashedRule[] {
  /** The first rule of a name; the engine refuses a second. */
  const indexes = new Map<string, number>();
  const cores: string[] = [];
  const needs: ReadonlySet<number>[] = [];
  rules.forEach((rule, index) => {
    const inSet = (prefix: string) =>
      rules.slice(0, index).flatMap(({ name }, earlier) => (name.startsWith(prefix) ? [earlier] : []));
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
      ]),
    );
    const direct = [
      ...rule.references.rules.flatMap((name) => indexes.get(name) ?? []),
      ...rule.references.wildcards.flatMap(inSet),
    ];
    needs.push(new Set(direct.flatMap((earlier) => [earlier, ...(needs[earlier] ?? [])])));
    if (!indexes.has(rule.name)) indexes.set(rule.name, index);
  });
  const globals = rules.flatMap(({ global }, index) => (global ? [index] : []));
  const globalNeeds = globals.flatMap((index) => [index, ...(needs[index] ?? [])]);
  return rules.map((rule, index) => {
    const gates = globals.filter((each) => each !== index).map((each) => cores[each] ?? '');
    const all = new Set([...(needs[index] ?? []), ...globalNeeds]);
    all.delete(index);
    return {
      rule,
      logicHash: sha256([form, engine, cores[index] ?? '', gates.sort()]),
      dependencies: [...all].sort((a, b) => a - b).map((each) => rules[each]?.name ?? ''),
    };
  });
}

function sha256(value: Canonical): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}
