import type { Ruleset } from '../../domain/rulesets/ruleset.ts';
import { createRequirementReader } from '../../rules/requirement/read-requirement.ts';
import { anyOf, impossible, type Requirement, requirementDigest } from '../../rules/requirement/requirement.ts';
import { parseSource } from '../../rules/syntax/parse.ts';

/** The condition that a content must meet so that a rule of some logic can match it. */
export interface LogicRequirement {
  readonly requirement: Requirement;
  /** See `requirementDigest`. */
  readonly formula: string;
}

/**
 * Reads requirements by logic hash. Only the sources of rules that are asked for are parsed. A
 * private rule is never reported; what names it has its own logic.
 */
export function createLogicRequirements({
  rules,
  sources,
}: Pick<Ruleset, 'rules' | 'sources'>): (logic: string) => LogicRequirement {
  const byLogic = Map.groupBy(
    rules.filter((rule) => !rule.private),
    ({ logicHash }) => logicHash,
  );
  const sourceOf = new Map(sources.map(({ namespace, source }) => [namespace, source]));
  const readers = new Map<string, (name: string) => Requirement>();
  const known = new Map<string, LogicRequirement>();
  const readerOf = (namespace: string) => {
    const reader = readers.get(namespace) ?? createRequirementReader(parseSource(sourceOf.get(namespace) ?? '').rules);
    readers.set(namespace, reader);
    return reader;
  };
  const read = (logic: string): LogicRequirement => {
    const distinct = new Map<string, Requirement>();
    for (const { namespace, name } of byLogic.get(logic) ?? []) {
      const requirement = readerOf(namespace)(name);
      distinct.set(requirementDigest(requirement), requirement);
    }
    const all = [...distinct].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, requirement]) => requirement);
    const requirement = all.length === 0 ? impossible : anyOf(all);
    return { requirement, formula: requirementDigest(requirement) };
  };
  return (logic) => {
    const found = known.get(logic) ?? read(logic);
    known.set(logic, found);
    return found;
  };
}
