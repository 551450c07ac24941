import { type RuleEntry, ruleId } from '../domain/rule.ts';
import { logicOf, type Ruleset } from '../domain/ruleset.ts';
import { type ParsedRule, parseSource } from './parse.ts';

export type RuleChange =
  | { readonly kind: 'added'; readonly rule: string }
  | { readonly kind: 'removed'; readonly rule: string }
  /** Matches something else now. `what` names the strings, the condition, or the rule it depends on. */
  | { readonly kind: 'logic'; readonly rule: string; readonly what: readonly string[] }
  /** Only meta or tags changed; `what` names them. */
  | { readonly kind: 'described'; readonly rule: string; readonly what: readonly string[] }
  /** Equal logic under another name or in another place. */
  | { readonly kind: 'moved'; readonly rule: string; readonly from: string };

export interface RulesetDiff {
  readonly changes: readonly RuleChange[];
  readonly unchanged: number;
  /** Logic hashes that the base does not have: what an incremental retro scan has to apply. */
  readonly logicToScan: readonly string[];
}

/** What changed from `base` (null: from nothing) to `head`, rule by rule; in the order of `head`, removed rules last. */
export function diffRulesets(base: Ruleset | null, head: Ruleset): RulesetDiff {
  const before = new Map((base?.rules ?? []).map((rule) => [ruleId(rule), rule]));
  const after = new Set(head.rules.map(ruleId));
  /** Rules that are gone, to be found again by their logic. */
  const gone = [...before.values()].filter((rule) => !after.has(ruleId(rule)));
  const moved = new Set<string>();
  const baseRules = parsedRules(base);
  const headRules = parsedRules(head);
  let unchanged = 0;
  const changes = head.rules.flatMap((rule): RuleChange[] => {
    const id = ruleId(rule);
    const was = before.get(id);
    if (was === undefined) {
      const from = gone.find((each) => each.logicHash === rule.logicHash && !moved.has(ruleId(each)));
      if (from === undefined) return [{ kind: 'added', rule: id }];
      moved.add(ruleId(from));
      return [{ kind: 'moved', rule: id, from: ruleId(from) }];
    }
    if (was.logicHash !== rule.logicHash) {
      const what = logicChanges(baseRules.get(id), headRules.get(id), was, rule, { base, head });
      return [{ kind: 'logic', rule: id, what }];
    }
    const what = describedChanges(was, rule);
    if (what.length > 0) return [{ kind: 'described', rule: id, what }];
    unchanged += 1;
    return [];
  });
  const removed = gone
    .filter((rule) => !moved.has(ruleId(rule)))
    .map((rule): RuleChange => ({ kind: 'removed', rule: ruleId(rule) }));
  const known = new Set(base === null ? [] : logicOf(base));
  return {
    changes: [...changes, ...removed],
    unchanged,
    logicToScan: logicOf(head).filter((hash) => !known.has(hash)),
  };
}

function parsedRules(ruleset: Ruleset | null): ReadonlyMap<string, ParsedRule> {
  return new Map(
    (ruleset?.sources ?? []).flatMap(({ namespace, source }) =>
      parseSource(source).rules.map((rule): [string, ParsedRule] => [ruleId({ namespace, name: rule.name }), rule]),
    ),
  );
}

function logicChanges(
  was: ParsedRule | undefined,
  is: ParsedRule | undefined,
  wasEntry: RuleEntry,
  isEntry: RuleEntry,
  { base, head }: { readonly base: Ruleset | null; readonly head: Ruleset },
): string[] {
  if (was === undefined || is === undefined) return [];
  const what: string[] = [];
  const texts = (rule: ParsedRule) =>
    new Map(
      rule.patterns.map(({ identifier, ...pattern }, index) => [
        identifier === '$' ? `$ (${index + 1}.)` : identifier,
        JSON.stringify(pattern),
      ]),
    );
  const [before, after] = [texts(was), texts(is)];
  for (const [identifier, text] of after) {
    const old = before.get(identifier);
    if (old === undefined) what.push(`${identifier} added`);
    else if (old !== text) what.push(`${identifier} changed`);
  }
  for (const identifier of before.keys()) if (!after.has(identifier)) what.push(`${identifier} removed`);
  const condition = (rule: ParsedRule) => rule.condition.map((token) => token.text).join(' ');
  if (condition(was) !== condition(is)) what.push('condition changed');
  for (const modifier of ['private', 'global'] as const)
    if (was[modifier] !== is[modifier]) what.push(`${modifier} ${is[modifier] ? 'added' : 'removed'}`);
  for (const name of new Set([...wasEntry.dependencies, ...isEntry.dependencies])) {
    if (hashOf(base, wasEntry.namespace, name) !== hashOf(head, isEntry.namespace, name))
      what.push(`depends on ${name}, which changed`);
  }
  if (what.length === 0)
    what.push(
      base?.engine.version === head.engine.version ? 'imports or order changed' : `engine ${head.engine.version}`,
    );
  return what;
}

function hashOf(ruleset: Ruleset | null, namespace: string, name: string): string | undefined {
  return ruleset?.rules.find((rule) => rule.namespace === namespace && rule.name === name)?.logicHash;
}

function describedChanges(was: RuleEntry, is: RuleEntry): string[] {
  const values = (rule: RuleEntry, identifier: string) =>
    JSON.stringify(rule.meta.filter((each) => each.identifier === identifier).map((each) => each.value));
  const identifiers = new Set([...was.meta, ...is.meta].map((each) => each.identifier));
  const what = [...identifiers].filter((each) => values(was, each) !== values(is, each)).map((each) => `meta ${each}`);
  if (JSON.stringify(was.tags) !== JSON.stringify(is.tags)) what.push('tags');
  return what;
}
