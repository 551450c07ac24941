import { type RuleEntry, ruleId } from '../../domain/rulesets/rule.ts';
import type { Ruleset } from '../../domain/rulesets/ruleset.ts';
import { declarationKey } from '../../domain/rulesets/variables.ts';
import type { ParsedRule } from '../syntax/syntax.ts';
import { type Formula, gate } from './formula.ts';
import { createImplication } from './implies.ts';
import { createNamespaceReader } from './read-rules.ts';
import { createWork, type Work } from './work.ts';

/**
 * The certain effect of a changed rule, for all files.
 * `broader`: it matches all that it matched, and maybe more. `narrower`: it matches nothing that it
 * did not match. `same`: both. `unknown`: neither is certain, and neither is excluded.
 *
 * A match means a reported match: a private rule matches nothing, and a rule never matches what a
 * global rule of its namespace does not. For a rule that was and is private, the effect is that of
 * its condition.
 */
export type Scope = 'same' | 'broader' | 'narrower' | 'unknown';

/** Work limit for the comparison of two rulesets; beyond it, the effect is unknown. */
const maxWork = 1_000_000;

/** Source of the rules of a namespace. */
export type RulesOf = (namespace: string) => readonly ParsedRule[];

/** Prepares the comparison of rules that are in both rulesets. */
export function createScopeComparison(
  base: { readonly ruleset: Ruleset; readonly rulesOf: RulesOf },
  head: { readonly ruleset: Ruleset; readonly rulesOf: RulesOf },
): (was: RuleEntry, is: RuleEntry) => Scope {
  const work = createWork(maxWork);
  const implies = createImplication(work);
  const [before, after] = [createMatchReader(base, work), createMatchReader(head, work)];
  const [old, now] = [base.ruleset.engine, head.ruleset.engine];
  return (wasEntry, isEntry) => {
    // Another engine may interpret the same text differently.
    if (old.name !== now.name || old.version !== now.version) return 'unknown';
    // The same condition may be true for other files.
    if (variablesOf(base.ruleset, wasEntry) !== variablesOf(head.ruleset, isEntry)) return 'unknown';
    if (wasEntry.private !== isEntry.private) return isEntry.private ? 'narrower' : 'broader';
    const [was, is] = [before(wasEntry), after(isEntry)];
    if (was === null || is === null || work.isSpent) return 'unknown';
    const [isBroader, isNarrower] = [implies(was, is), implies(is, was)];
    if (isBroader && isNarrower) return 'same';
    return isBroader ? 'broader' : isNarrower ? 'narrower' : 'unknown';
  };
}

/** The declared variables of a rule's file, as text to compare. */
function variablesOf({ sources }: Ruleset, { namespace }: RuleEntry): string {
  return (sources.find((each) => each.namespace === namespace)?.variables ?? []).map(declarationKey).join();
}

/**
 * Reads when a rule matches: if its condition and those of all global rules of its namespace are
 * true.
 */
function createMatchReader({ ruleset, rulesOf }: { readonly ruleset: Ruleset; readonly rulesOf: RulesOf }, work: Work) {
  const entries = new Map(ruleset.rules.map((rule) => [ruleId(rule), rule]));
  const readers = new Map<string, ReturnType<typeof createNamespaceReader>>();
  return (rule: RuleEntry): Formula | null => {
    if (work.isSpent) return null;
    const { namespace } = rule;
    const read = readers.get(namespace) ?? createNamespaceReader(rulesOf(namespace));
    readers.set(namespace, read);
    const own = read(rule.name);
    if (own === null) return null;
    const globals = rule.dependencies.filter((name) => entries.get(ruleId({ namespace, name }))?.global === true);
    if (!work.tryTake(globals.length)) return null;
    const all = [own, ...globals.map(read)].flatMap((each) => each?.formula('true') ?? []);
    return all.length === globals.length + 1 ? gate(all.length, all) : null;
  };
}
