import { isStaged, type RuleEntry, type RuleSource, ruleId } from '../domain/rulesets/rule.ts';
import type { Ruleset } from '../domain/rulesets/ruleset.ts';
import { diffRulesets } from './diff-rulesets.ts';
import { buildRuleset, subsetRuleset } from './ruleset.ts';

/** What the namespaces of a preview's ruleset begin with: rules as they are with the change, and as they were without it. */
const sides = { now: 'now/', before: 'before/' } as const;

/** A changed rule whose hits a preview counts. */
export interface PreviewedRule {
  /** `namespace:name`, as the change has it; of a removed rule as the base has it. */
  readonly rule: string;
  readonly kind: 'added' | 'removed' | 'logic';
  /** Its `namespace:name` within the preview's ruleset; null where it is not there, or reports nothing because it is private. */
  readonly now: string | null;
  /** The same of the rule as the base has it. */
  readonly before: string | null;
  /** It is staged with the change: its hits close no gate. */
  readonly isStaged: boolean;
}

/**
 * One ruleset that holds the changed rules twice: as the head has them, and as the base has them, each with what it depends on. A scan with it answers
 * what the change would find and what was found without it. What is carried on one side for support is carried on the other as well, so that
 * `previewedRules` can tell the changed rules from the rest by the ruleset alone.
 *
 * Both sides are compiled by the engine of the head.
 * @param base null stands for a ruleset without rules
 * @returns null where no rule that reports matches was added, removed, or changed in its logic
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

/** The changed rules of a preview's ruleset, in the order of the head; removed rules last. Those that are private on both sides are left out. */
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
 * Logic hashes of the changed rules and of all that has to come along: what they depend on, what stands in the place of any of these on the other side,
 * and what this depends on in turn.
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

/** The sources of a preview's ruleset by side, in the namespaces that they came from. */
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
