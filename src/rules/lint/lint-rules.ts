import type { Diagnostic } from '../../domain/rulesets/diagnostic.ts';
import { ruleId } from '../../domain/rulesets/rule.ts';
import { declarationKey } from '../../domain/rulesets/variables.ts';
import type { LoadedRuleFile, LoadedRules } from '../load-rules.ts';
import { type Memo, noMemo } from '../memo.ts';
import { lintFacts, type RuleFacts } from './lint-facts.ts';
import { lintRuleSets } from './lint-rule-sets.ts';
import type { PlacedProblem, SourcePlace } from './placed-problem.ts';
import { type RulesOfSource, sameLogic } from './same-logic.ts';
import {
  type HouseSuppression,
  houseCodes,
  includedRuleFile,
  unexplained,
  unused,
} from './suppress/house-suppressions.ts';
import { holdsAt } from './suppress/suppressions.ts';

/**
 * Checks the house rules for rules, in addition to the engine's checks. Every diagnostic has a code
 * `lint/…` and is a warning, except if a rule matches by the clock or cannot compile. Private rules
 * never alert, so their meta is not checked, and several files may have the same ones. A rule that
 * several files include counts as one rule.
 *
 * Comments suppress warnings in the same form and positions as for the engine (`suppressionsOf`). A
 * comment that suppresses no warning is itself a warning, and so is one without a reason.
 * @param memo remembers what lint depends on of each file. Default: it remembers nothing
 */
export function lintRules({ files }: Pick<LoadedRules, 'files'>, memo: Memo = noMemo): Diagnostic[] {
  const sources = files.map((file) => readSource(file, memo));
  const rules = sources.flatMap((source) => source.linted);
  const names = firstsBy(rules, scopedName);
  const logic = firstsBy(rules, scopedLogic);
  const meanings = sameLogic(sources, memo);
  const likes = firstsBy(rules, (each) => meaningOf(each, meanings));
  const found = sources.flatMap((source) =>
    source.linted.flatMap((each) =>
      [
        ...each.rule.problems,
        ...ofRuleSets(each, rules),
        ...ofNamesakes(each, names.get(scopedName(each))),
        ...ofTwins(each, logic.get(scopedLogic(each)), likes.get(meaningOf(each, meanings))),
      ].flatMap((problem) => source.diagnose(problem)),
    ),
  );
  const included = doubles(files, new Set(rules.filter(({ rule }) => !rule.private).map(({ namespace }) => namespace)));
  return distinct([...found, ...included, ...unused(sources), ...unexplained(sources)]);
}

interface LintedRule {
  readonly rule: RuleFacts;
  readonly namespace: string;
  readonly id: string;
  /** Equal for two rules at the same position of the same file. */
  readonly place: string;
}

interface LintedSource extends RulesOfSource<RuleFacts> {
  readonly linted: readonly LintedRule[];
  readonly suppressions: readonly HouseSuppression[];
  /** Returns nothing if a comment suppresses the diagnostic. */
  diagnose(problem: PlacedProblem): readonly Diagnostic[];
}

function readSource(file: LoadedRuleFile, memo: Memo): LintedSource {
  const { namespace, source, variables = [], locate } = file;
  const facts = lintFacts(file, memo);
  const placeAt = ({ line, column }: SourcePlace) => ({ column, ...locate(line) });
  const suppressions = facts.suppressions
    .filter(({ code }) => code.startsWith(houseCodes))
    .map((each): HouseSuppression => ({ ...each, place: placeAt(each.place), isUsed: false, suppresses: false }));
  return {
    source,
    rules: facts.rules,
    hasGlobals: facts.hasGlobals,
    variables: variables.map(declarationKey).join(),
    linted: facts.rules.map((rule) => ({
      ...{ rule, namespace, id: ruleId({ namespace, name: rule.name }) },
      place: JSON.stringify(placeAt(rule.first)),
    })),
    suppressions,
    diagnose({ severity, message, ...problem }) {
      const code = `${houseCodes}${problem.code}`;
      const holding = suppressions.filter((each) => each.code === code && holdsAt(each, problem.start));
      for (const each of holding) {
        each.isUsed = true;
        each.suppresses ||= severity === 'warning';
      }
      if (holding.length > 0 && severity === 'warning') return [];
      const why = holding.length > 0 ? '. An error cannot be suppressed: remove the comment' : '';
      return [{ severity, code, message: `${message}${why}`, ...placeAt(problem) }];
    },
  };
}

function ofRuleSets({ rule, namespace }: LintedRule, rules: readonly LintedRule[]): readonly PlacedProblem[] {
  if (rule.sets.length === 0) return [];
  const namesOf = (some: readonly LintedRule[]) => some.map((each) => each.rule.name);
  const before = rules.filter((each) => each.namespace === namespace && each.rule.first.start < rule.first.start);
  const elsewhere = Map.groupBy(
    rules.filter((each) => each.namespace !== namespace),
    (each) => each.namespace,
  );
  const others = new Map([...elsewhere].map(([file, some]) => [file, namesOf(some)]));
  return lintRuleSets(rule.name, rule.sets, namesOf(before), others);
}

function ofNamesakes({ rule, place }: LintedRule, namesake: LintedRule | undefined): readonly PlacedProblem[] {
  if (namesake === undefined || namesake.place === place) return [];
  const message = `${rule.name} has the same name as ${namesake.id}: alerts are easier to distinguish if every rule has its own name`;
  return [{ severity: 'warning', code: 'duplicate-name', message, ...rule.named }];
}

/**
 * @param twin the first rule with the same text
 * @param like the first rule that certainly matches the same
 */
function ofTwins(
  { rule, place }: LintedRule,
  twin: LintedRule | undefined,
  like: LintedRule | undefined,
): readonly PlacedProblem[] {
  const warn = (message: string): PlacedProblem[] => [
    { severity: 'warning', code: 'duplicate-logic', message, ...rule.named },
  ];
  if (twin !== undefined && twin.place !== place) {
    return warn(`${rule.name} matches exactly what ${twin.id} does: keep one of them`);
  }
  if (like === undefined || like.place === place) return [];
  return warn(`${rule.name} matches exactly what ${like.id} does, only written differently: keep one of them`);
}

/** Private rules are visible only in their own file, so each file needs its own. */
function scopedName({ rule, namespace }: LintedRule): string {
  return JSON.stringify([rule.private ? namespace : '', rule.name]);
}

function scopedLogic({ rule, namespace }: LintedRule): string {
  return JSON.stringify([rule.private ? namespace : '', rule.logicHash]);
}

/** Rules without a likeness are only like themselves. */
function meaningOf({ rule, namespace, id }: LintedRule, meanings: ReadonlyMap<RuleFacts, string>): string {
  return JSON.stringify([rule.private ? namespace : '', meanings.get(rule) ?? id]);
}

function firstsBy(rules: readonly LintedRule[], key: (rule: LintedRule) => string): ReadonlyMap<string, LintedRule> {
  return new Map(rules.toReversed().map((rule) => [key(rule), rule]));
}

/** Rule files that others include. @param alerting those with a public rule */
function doubles(files: LoadedRules['files'], alerting: ReadonlySet<string>): readonly Diagnostic[] {
  const included = files.flatMap((file) => file.included).filter(({ namespace }) => alerting.has(namespace));
  return included
    .filter(({ suppressed }) => !suppressed.includes(includedRuleFile))
    .map(({ namespace, place }) => ({
      severity: 'warning',
      code: includedRuleFile,
      message: `${namespace} is itself a rule file, so its rules also count in ${place.file} and alert twice: give it another extension, such as .inc, and use that name here`,
      ...place,
    }));
}

function distinct(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return [...new Map(diagnostics.map((each) => [JSON.stringify(each), each])).values()];
}
