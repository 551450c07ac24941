import { isStaged, type RuleEntry, type RuleSource, ruleId } from '../domain/rulesets/rule.ts';
import type { Ruleset } from '../domain/rulesets/ruleset.ts';
import { diffRulesets } from './diff-rulesets.ts';
import { buildRuleset, subsetRuleset } from './ruleset.ts';

/**
 * Prefixes of the namespaces in a preview's ruleset: rules after the change, and rules before it.
 */
const sides = { now: 'now/', before: 'before/' } as const;

/** A changed rule whose matches a preview counts. */
export interface PreviewedRule {
  /** `namespace:name` after the change; for a removed rule, the one before it. */
  readonly rule: string;
  readonly kind: 'added' | 'removed' | 'logic';
  /**
   * Its `namespace:name` within the preview's ruleset; null if it does not exist, or is private and
   * therefore reports nothing.
   */
  readonly now: string | null;
  /** The same for the rule in the base. */
  readonly before: string | null;
  /** It is staged after the change: its matches fail no gate. */
  readonly isStaged: boolean;
}

/**
 * Builds one ruleset that holds the changed rules twice: those of the head and those of the base,
 * each with its dependencies. A scan with it shows the matches with and without the change.
 * Supporting rules of one side are also added to the other. Therefore `previewedRules` can
 * distinguish the changed rules from the rest by the ruleset only.
 *
 * Both sides are compiled by the engine of the head.
 * @param base null stands for a ruleset without rules
 * @returns null if no rule that reports matches was added, removed, or changed in its logic
 */
export function previewRuleset(base: Ruleset | null, head: Ruleset): Ruleset | null {
  const was = buildRuleset(base?.sources ?? [], head.engine);
  const logic = logicToCarry(was, head);
  const ruleset = buildRuleset(
    [
      ...underNamespaces(sides.before, subsetRuleset(was, logic).sources),
      ...underNamespaces(sides.now, subsetRuleset(head, logic).sources),
    ],
    head.engine,
  );
  return previewedRules(ruleset).length === 0 ? null : ruleset;
}

/**
 * Returns the changed rules of a preview's ruleset, in the order of the head, then the removed
 * rules. Rules that are private on both sides are left out.
 */
export function previewedRules(ruleset: Ruleset): readonly PreviewedRule[] {
  const sources = previewedSides(ruleset.sources);
  const [was, head] = [buildRuleset(sources.before, ruleset.engine), buildRuleset(sources.now, ruleset.engine)];
  const before = new Map(was.rules.map((rule) => [ruleId(rule), rule]));
  const now = new Map(head.rules.map((rule) => [ruleId(rule), rule]));
  return diffRulesets(was, head).changes.flatMap(({ kind, rule }): PreviewedRule[] => {
    if (kind === 'described' || kind === 'moved') return [];
    const entry = now.get(rule);
    const each = {
      ...{ rule, kind, now: reported(sides.now, entry), before: reported(sides.before, before.get(rule)) },
      isStaged: entry !== undefined && isStaged(entry),
    };
    return each.now === null && each.before === null ? [] : [each];
  });
}

/**
 * Returns the logic hashes of the changed rules and of all supporting rules: their dependencies,
 * the counterparts of these on the other side, and the dependencies of those in turn.
 */
function logicToCarry(base: Ruleset, head: Ruleset): ReadonlySet<string> {
  const rules = [...base.rules, ...head.rules];
  const byId = Map.groupBy(rules, ruleId);
  const byLogic = Map.groupBy(rules, (rule) => rule.logicHash);
  const carried = new Set<string>();
  const queue = diffRulesets(base, head).changes.flatMap(({ kind, rule }) =>
    kind === 'described' || kind === 'moved' ? [] : (byId.get(rule) ?? []).map((each) => each.logicHash),
  );
  for (let logic = queue.pop(); logic !== undefined; logic = queue.pop()) {
    if (carried.has(logic)) continue;
    carried.add(logic);
    for (const { namespace, name, dependencies } of byLogic.get(logic) ?? []) {
      const ids = [name, ...dependencies].map((each) => ruleId({ namespace, name: each }));
      queue.push(...ids.flatMap((id) => byId.get(id) ?? []).map((each) => each.logicHash));
    }
  }
  return carried;
}

function underNamespaces(side: string, sources: readonly RuleSource[]): readonly RuleSource[] {
  return sources.map((source) => ({ ...source, namespace: `${side}${source.namespace}` }));
}

/** Returns the sources of a preview's ruleset by side, in their original namespaces. */
export function previewedSides(sources: readonly RuleSource[]): {
  readonly [Side in keyof typeof sides]: readonly RuleSource[];
} {
  const sideOf = (side: string) =>
    sources
      .filter(({ namespace }) => namespace.startsWith(side))
      .map((source) => ({ ...source, namespace: source.namespace.slice(side.length) }));
  return { now: sideOf(sides.now), before: sideOf(sides.before) };
}

function reported(side: string, rule: RuleEntry | undefined): string | null {
  return rule === undefined || rule.private ? null : `${side}${ruleId(rule)}`;
}
