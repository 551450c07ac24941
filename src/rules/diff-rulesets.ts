import { type RuleEntry, ruleId } from '../domain/rulesets/rule.ts';
import { logicOf, type Ruleset } from '../domain/rulesets/ruleset.ts';
import { createLogicComparison, type LogicChange } from './compare-logic.ts';
import { diffLeftOut, type LeftOutChange, type LeftOutDiff } from './diff-left-out.ts';
import { createParsedRuleset } from './parsed-ruleset.ts';
import { createScopeComparison, type Scope } from './scope/compare-scope.ts';

/** The change of one rule. */
export type RuleChange = {
  /** Its `namespace:name`. */
  readonly rule: string;
  /**
   * Rules that depend on it, even indirectly (see `dependencies` of a rule); for a removed rule,
   * those that did. In source order.
   */
  readonly dependents: readonly string[];
} & (
  | { readonly kind: 'added' }
  /** `leftOut`: it is a public rule that is still there, and why it is not used. */
  | { readonly kind: 'removed'; readonly leftOut?: Pick<LeftOutChange, 'kind' | 'reason'> }
  /**
   * It matches differently now, or may. `what` lists the reasons as text, `scope` what is certain
   * about the effect.
   */
  | ({ readonly kind: 'logic'; readonly what: readonly string[]; readonly scope: Scope } & LogicChange)
  /** Only meta or tags changed; `what` lists them. */
  | { readonly kind: 'described'; readonly what: readonly string[] }
  /**
   * Equal logic under another name or in another namespace; `what` also lists changed meta and
   * tags.
   */
  | { readonly kind: 'moved'; readonly from: string; readonly what: readonly string[] }
);

/** The differences between two rulesets. */
export interface RulesetDiff {
  /** In the order of the head; removed rules last, in the order of the base. */
  readonly changes: readonly RuleChange[];
  readonly unchanged: number;
  /** Logic hashes that the base does not have, sorted. An incremental retro scan applies them. */
  readonly logicToScan: readonly string[];
  /** Rules with unchanged text and changed logic, because a rule they depend on changed. Sorted. */
  readonly dependents: readonly string[];
  /** Public rules that are not part of the head. */
  readonly leftOut: LeftOutDiff;
}

/**
 * Compares rulesets rule by rule.
 * @param base null stands for a ruleset without rules
 */
export function diffRulesets(base: Ruleset | null, head: Ruleset): RulesetDiff {
  const before = byId(base?.rules ?? []);
  const after = byId(head.rules);
  const gone = [...before.values()].filter((rule) => !after.has(ruleId(rule)));
  const origins = findMoves(
    gone,
    [...after.values()].filter((rule) => !before.has(ruleId(rule))),
  );
  const [parsedBase, parsedHead] = [createParsedRuleset(base), createParsedRuleset(head)];
  const compareLogic = createLogicComparison(parsedBase, parsedHead);
  const compareScope =
    base === null
      ? null
      : createScopeComparison(
          { ruleset: base, rulesOf: parsedBase.rulesOf },
          { ruleset: head, rulesOf: parsedHead.rulesOf },
        );
  const [needed, needing] = [dependentsIn(base?.rules ?? []), dependentsIn(head.rules)];
  const change = (rule: RuleEntry): RuleChange | null => {
    const id = ruleId(rule);
    const was = before.get(id);
    const origin = origins.get(rule);
    const common = { rule: id, dependents: needing.get(id) ?? [] };
    if (origin !== undefined) {
      return { kind: 'moved', ...common, from: ruleId(origin), what: describedIn(origin, rule) };
    }
    if (was === undefined) return { kind: 'added', ...common };
    const described = describedIn(was, rule);
    if (was.logicHash !== rule.logicHash) {
      const logic = compareLogic(was, rule);
      const scope = compareScope?.(was, rule) ?? 'unknown';
      return { kind: 'logic', ...common, what: [...inWords(logic, head), ...described], scope, ...logic };
    }
    return described.length > 0 ? { kind: 'described', ...common, what: described } : null;
  };
  const changes = [...after.values()].map(change).filter((each) => each !== null);
  const moved = new Set(origins.values());
  const leftOut = diffLeftOut(base, head);
  const reasons = new Map(leftOut.changes.map(({ rule, kind, reason }) => [rule, { kind, reason }]));
  const removed = gone
    .filter((rule) => !moved.has(rule))
    .map(ruleId)
    .map((rule): RuleChange => {
      const reason = reasons.get(rule);
      const common = { rule, dependents: needed.get(rule) ?? [] };
      return reason === undefined ? { kind: 'removed', ...common } : { kind: 'removed', ...common, leftOut: reason };
    });
  const known = new Set(base === null ? [] : logicOf(base));
  return {
    changes: [...changes, ...removed],
    unchanged: after.size - changes.length,
    logicToScan: logicOf(head).filter((hash) => !known.has(hash)),
    dependents: changes
      .flatMap((each) => (each.kind === 'logic' && each.cause === 'dependency' ? [each.rule] : []))
      .sort(),
    leftOut,
  };
}

function byId(rules: readonly RuleEntry[]): Map<string, RuleEntry> {
  return new Map(rules.map((rule) => [ruleId(rule), rule]));
}

/** Returns, for each rule, the rules that depend on it. */
function dependentsIn(rules: readonly RuleEntry[]): ReadonlyMap<string, readonly string[]> {
  const dependents = new Map<string, string[]>();
  for (const rule of rules) {
    for (const name of rule.dependencies) {
      const id = ruleId({ ...rule, name });
      const known = dependents.get(id) ?? [];
      dependents.set(id, known);
      known.push(ruleId(rule));
    }
  }
  return dependents;
}

/**
 * Pairs rules of equal logic: first those with the same name, then those in the same namespace,
 * then the rest.
 */
function findMoves(gone: readonly RuleEntry[], come: readonly RuleEntry[]): ReadonlyMap<RuleEntry, RuleEntry> {
  const keys: readonly ((rule: RuleEntry) => string)[] = [
    (rule) => JSON.stringify([rule.logicHash, rule.name]),
    (rule) => JSON.stringify([rule.logicHash, rule.namespace]),
    (rule) => rule.logicHash,
  ];
  const origins = new Map<RuleEntry, RuleEntry>();
  const taken = new Set<RuleEntry>();
  for (const key of keys) {
    // Reversed, because removing the last of many is cheap.
    const free = Map.groupBy(gone.filter((rule) => !taken.has(rule)).reverse(), key);
    for (const rule of come.filter((each) => !origins.has(each))) {
      const origin = free.get(key(rule))?.pop();
      if (origin === undefined) continue;
      origins.set(rule, origin);
      taken.add(origin);
    }
  }
  return origins;
}

/** Returns `meta author`, `tags` … for the differences between the descriptions. */
function describedIn(was: RuleEntry, is: RuleEntry): string[] {
  const [old, now] = [metaByName(was), metaByName(is)];
  const values = (entries: typeof old, identifier: string) =>
    JSON.stringify((entries.get(identifier) ?? []).map((each) => each.value));
  const identifiers = new Set([...old.keys(), ...now.keys()]);
  const meta = [...identifiers].filter((each) => values(old, each) !== values(now, each)).map((each) => `meta ${each}`);
  return JSON.stringify(was.tags) === JSON.stringify(is.tags) ? meta : [...meta, 'tags'];
}

function metaByName({ meta }: RuleEntry) {
  return Map.groupBy(meta, ({ identifier }) => identifier);
}

function inWords(logic: LogicChange, head: Ruleset): string[] {
  const { strings } = logic;
  const words = [
    ...strings.added.map((each) => `${each} added`),
    ...strings.changed.map((each) => `${each} changed`),
    ...strings.removed.map((each) => `${each} removed`),
    ...(logic.condition ? ['condition changed'] : []),
    ...logic.variables.map((each) => `variable ${each} declared differently`),
    ...logic.modifiers.map((each) => `modifier ${each} added or removed`),
    ...logic.dependencies.map((each) => `depends on ${each}, which changed`),
  ];
  return words.length > 0 ? words : [`engine ${head.engine.name} ${head.engine.version}, or the order of the strings`];
}
