import type { Diagnostic } from '../domain/diagnostic.ts';
import { ruleId } from '../domain/rule.ts';
import { createLineIndex } from './line-index.ts';
import { type LintFinding, lintMeta } from './lint-meta.ts';
import { lintModules } from './lint-modules.ts';
import { lintRuleSets } from './lint-rule-sets.ts';
import type { LoadedRuleFile, LoadedRules } from './load-rules.ts';
import { hashRules } from './logic-hash.ts';
import { parseSource } from './parse.ts';
import type { ParsedRule, Span } from './syntax.ts';

/** Words of letters and digits with single underscores between them; hashes and dates are words too. */
const nameStyle = /^[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)*$/;

/**
 * The house rules for rules, beyond what the engine says; every finding has a code `lint/…`, and is a warning except where a rule matches by the clock or cannot compile. Private
 * rules never alert, so nothing is asked of their meta. A rule that is included by several files is one rule here.
 */
export function lintRules({ files }: Pick<LoadedRules, 'files'>): Diagnostic[] {
  const rules = files.flatMap(rulesOf);
  const names = firstsBy(rules, ({ rule }) => rule.name);
  const logic = firstsBy(rules, ({ logicHash }) => logicHash);
  const found = rules.flatMap((each): Diagnostic[] => {
    const { rule } = each;
    const findings = [
      ...(rule.private ? [] : lintMeta(rule)),
      ...lintName(rule),
      ...lintModules(rule, each.imports),
      ...(rule.references.wildcards.length === 0 ? [] : lintRuleSets(rule, ...namesAround(each, rules))),
    ];
    const namesake = names.get(rule.name);
    if (namesake !== undefined && namesake.place !== each.place) {
      findings.push({
        code: 'duplicate-name',
        message: `${rule.name} is the name of ${namesake.id} too: alerts are easier to tell apart with names of their own`,
      });
    }
    const twin = logic.get(each.logicHash);
    if (twin !== undefined && twin.place !== each.place) {
      findings.push({
        code: 'duplicate-logic',
        message: `${rule.name} matches exactly what ${twin.id} does: keep one of them`,
      });
    }
    return findings.map((finding) => each.diagnose(finding));
  });
  return [...new Map(found.map((each) => [JSON.stringify(each), each])).values()];
}

/** Names of the rules before one in its file, and of the rules of the other files. */
function namesAround({ namespace, rule }: LintedRule, rules: readonly LintedRule[]) {
  const before = rules.filter((each) => each.namespace === namespace && each.rule.start < rule.start);
  const elsewhere = Map.groupBy(
    rules.filter((each) => each.namespace !== namespace),
    (each) => each.namespace,
  );
  const namesOf = (some: readonly LintedRule[]) => some.map((each) => each.rule.name);
  return [namesOf(before), new Map([...elsewhere].map(([file, some]) => [file, namesOf(some)]))] as const;
}

interface LintedRule {
  readonly namespace: string;
  readonly rule: ParsedRule;
  readonly id: string;
  /** The modules that its source imports. */
  readonly imports: ReadonlySet<string>;
  readonly logicHash: string;
  /** Equal for two rules that stand at the same place of the same file. */
  readonly place: string;
  readonly diagnose: (finding: LintFinding) => Diagnostic;
}

function rulesOf({ namespace, source, variables, locate }: LoadedRuleFile): LintedRule[] {
  const placeOf = createLineIndex(source);
  // Only compared with one another, so the engine does not matter.
  const parsed = parseSource(source);
  const imports = new Set(parsed.imports.map(({ value }) => value));
  return hashRules(parsed, '', { namespace, variables }).map(({ rule, logicHash }) => {
    const locateSpan = ({ start }: Pick<Span, 'start'>) => ({
      column: placeOf(start).column,
      ...locate(placeOf(start).line),
    });
    return {
      namespace,
      rule,
      imports,
      id: ruleId({ namespace, name: rule.name }),
      logicHash,
      place: JSON.stringify(locateSpan(rule)),
      diagnose: ({ severity = 'warning', code, message, at }) => ({
        severity,
        code: `lint/${code}`,
        message,
        ...locateSpan(at ?? rule.parts.name),
      }),
    };
  });
}

function firstsBy(rules: readonly LintedRule[], key: (rule: LintedRule) => string): ReadonlyMap<string, LintedRule> {
  return new Map(rules.toReversed().map((rule) => [key(rule), rule]));
}

function lintName({ name }: ParsedRule): LintFinding[] {
  if (nameStyle.test(name)) return [];
  const message = `the rule name ${name} should be words of letters and digits with single underscores between them`;
  return [{ code: 'rule-name', message }];
}
