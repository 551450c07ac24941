import type { Diagnostic } from '../../domain/rulesets/diagnostic.ts';
import { ruleId } from '../../domain/rulesets/rule.ts';
import { declarationKey } from '../../domain/rulesets/variables.ts';
import type { LoadedRuleFile, LoadedRules } from '../load-rules.ts';
import { hashRules } from '../logic-hash.ts';
import { createLineIndex } from '../syntax/line-index.ts';
import { parseSource } from '../syntax/parse.ts';
import type { ParsedRule } from '../syntax/syntax.ts';
import { lintCondition } from './lint-condition.ts';
import { lintGuard } from './lint-guard.ts';
import { lintHashes } from './lint-hashes.ts';
import { type LintProblem, lintMeta } from './lint-meta.ts';
import { lintModules } from './lint-modules.ts';
import { lintPatterns } from './lint-patterns.ts';
import { lintRuleSets } from './lint-rule-sets.ts';
import { lintSets } from './lint-sets.ts';
import { type RulesOfSource, sameLogic } from './same-logic.ts';
import { holdsAt, type Suppression, suppressionsOf } from './suppressions.ts';

/**
 * Words of letters and digits with single underscores between them; hashes and dates are also
 * words.
 */
const nameStyle = /^[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)*$/;

const houseCodes = 'lint/';
/** Found where tests are run, so that its comments are never without use here. */
const ownStrings = `${houseCodes}own-strings`;
const includedRuleFile = `${houseCodes}included-rule-file`;

/**
 * Checks the house rules for rules, in addition to the engine's checks. Every diagnostic has a code
 * `lint/…` and is a warning, except if a rule matches by the clock or cannot compile. Private rules
 * never alert, so their meta is not checked, and several files may have the same ones. A rule that
 * several files include counts as one rule.
 *
 * Comments suppress warnings in the same form and positions as for the engine (`suppressionsOf`). A
 * comment that suppresses no warning is itself a warning, and so is one without a reason.
 */
export function lintRules({ files }: Pick<LoadedRules, 'files'>): Diagnostic[] {
  const sources = files.map(readSource);
  const rules = sources.flatMap((source) => source.linted);
  const names = firstsBy(rules, scopedName);
  const logic = firstsBy(rules, scopedLogic);
  const meanings = sameLogic(sources);
  const likes = firstsBy(rules, (each) => meaningOf(each, meanings));
  const found = sources.flatMap((source) =>
    source.linted.flatMap((each) =>
      [
        ...ofRule(each, source, rules),
        ...ofNamesakes(each, names.get(scopedName(each))),
        ...ofTwins(each, logic.get(scopedLogic(each)), likes.get(meaningOf(each, meanings))),
      ].flatMap((finding) => source.diagnose(each.rule, finding)),
    ),
  );
  const included = doubles(files, new Set(rules.filter(({ rule }) => !rule.private).map(({ namespace }) => namespace)));
  return distinct([...found, ...included, ...unused(sources), ...unexplained(sources)]);
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
  readonly rule: ParsedRule;
  readonly namespace: string;
  readonly id: string;
  readonly logicHash: string;
  /** Equal for two rules at the same position of the same file. */
  readonly place: string;
}

/** A suppression of a house rule in a source. */
interface HouseSuppression extends Suppression {
  /** Position of its comment. */
  readonly place: Pick<Diagnostic, 'file' | 'line' | 'column'>;
  isUsed: boolean;
  /** False if it only stands at errors, which it cannot suppress. */
  suppresses: boolean;
}

interface LintedSource extends RulesOfSource {
  readonly linted: readonly LintedRule[];
  readonly hasGlobals: boolean;
  /** Returns the modules that it imports. */
  readonly imports: ReadonlySet<string>;
  readonly suppressions: readonly HouseSuppression[];
  /** Returns nothing if a comment suppresses the diagnostic. */
  diagnose(rule: ParsedRule, problem: LintProblem): readonly Diagnostic[];
}

function readSource({ namespace, source, variables, locate }: LoadedRuleFile): LintedSource {
  const placeOf = createLineIndex(source);
  const placeAt = (offset: number) => ({ column: placeOf(offset).column, ...locate(placeOf(offset).line) });
  const parsed = parseSource(source);
  const suppressions = suppressionsOf(source, parsed)
    .filter(({ code }) => code.startsWith(houseCodes))
    .map((each): HouseSuppression => ({ ...each, place: placeAt(each.at), isUsed: false, suppresses: false }));
  return {
    // The hashes are only compared with one another, so the engine does not matter.
    linted: hashRules(parsed, '', { namespace, variables }).map(({ rule, logicHash }) => {
      const id = ruleId({ namespace, name: rule.name });
      return { rule, namespace, id, logicHash, place: JSON.stringify(placeAt(rule.start)) };
    }),
    rules: parsed.rules,
    variables: (variables ?? []).map(declarationKey).join(),
    hasGlobals: parsed.rules.some((each) => each.global),
    imports: new Set(parsed.imports.map(({ value }) => value)),
    suppressions,
    diagnose(rule, { severity = 'warning', message, at = rule.parts.name, ...problem }) {
      const code = `${houseCodes}${problem.code}`;
      const holding = suppressions.filter((each) => each.code === code && holdsAt(each, at.start));
      for (const each of holding) {
        each.isUsed = true;
        each.suppresses ||= severity === 'warning';
      }
      if (holding.length > 0 && severity === 'warning') return [];
      const why = holding.length > 0 ? '. An error cannot be suppressed: remove the comment' : '';
      return [{ severity, code, message: `${message}${why}`, ...placeAt(at.start) }];
    },
  };
}

function ofRule(
  linted: LintedRule,
  { imports, hasGlobals }: LintedSource,
  rules: readonly LintedRule[],
): readonly LintProblem[] {
  const { rule } = linted;
  return [
    ...(rule.private ? [] : lintMeta(rule)),
    ...lintName(rule),
    ...lintModules(rule, imports),
    ...lintPatterns(rule),
    ...lintCondition(rule),
    ...lintSets(rule),
    ...lintGuard(rule, hasGlobals),
    ...lintHashes(rule),
    ...(rule.references.wildcards.length === 0 ? [] : lintRuleSets(rule, ...namesAround(linted, rules))),
  ];
}

function ofNamesakes({ rule, place }: LintedRule, namesake: LintedRule | undefined): readonly LintProblem[] {
  if (namesake === undefined || namesake.place === place) return [];
  const message = `${rule.name} has the same name as ${namesake.id}: alerts are easier to distinguish if every rule has its own name`;
  return [{ code: 'duplicate-name', message }];
}

/**
 * @param twin the first rule with the same text
 * @param like the first rule that certainly matches the same
 */
function ofTwins(
  { rule, place }: LintedRule,
  twin: LintedRule | undefined,
  like: LintedRule | undefined,
): readonly LintProblem[] {
  if (twin !== undefined && twin.place !== place) {
    return [
      { code: 'duplicate-logic', message: `${rule.name} matches exactly what ${twin.id} does: keep one of them` },
    ];
  }
  if (like === undefined || like.place === place) return [];
  const message = `${rule.name} matches exactly what ${like.id} does, only written differently: keep one of them`;
  return [{ code: 'duplicate-logic', message }];
}

/** Private rules are visible only in their own file, so each file needs its own. */
function scopedName({ rule, namespace }: LintedRule): string {
  return JSON.stringify([rule.private ? namespace : '', rule.name]);
}

function scopedLogic({ rule, namespace, logicHash }: LintedRule): string {
  return JSON.stringify([rule.private ? namespace : '', logicHash]);
}

/** Rules without a likeness are only like themselves. */
function meaningOf({ rule, namespace, id }: LintedRule, meanings: ReadonlyMap<ParsedRule, string>): string {
  return JSON.stringify([rule.private ? namespace : '', meanings.get(rule) ?? id]);
}

function firstsBy(rules: readonly LintedRule[], key: (rule: LintedRule) => string): ReadonlyMap<string, LintedRule> {
  return new Map(rules.toReversed().map((rule) => [key(rule), rule]));
}

function lintName({ name }: ParsedRule): LintProblem[] {
  if (nameStyle.test(name)) return [];
  const message = `the rule name ${name} should consist of words of letters and digits with single underscores between them`;
  return [{ code: 'rule-name', message }];
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

/** Comments that suppress no house rule in any of the files that include them. */
function unused(sources: readonly LintedSource[]): readonly Diagnostic[] {
  const all = Map.groupBy(
    sources.flatMap(({ suppressions }) => suppressions),
    ({ code, place }) => JSON.stringify([code, place]),
  );
  return [...all.values()].flatMap(([first, ...others]): Diagnostic[] => {
    if (first === undefined || first.code === includedRuleFile || first.code === ownStrings) return [];
    if ([first, ...others].some(({ isUsed }) => isUsed)) return [];
    const message = `this comment suppresses no ${first.code}: remove it, or put it above the rule or on its line`;
    return [{ severity: 'warning', code: `${houseCodes}unused-suppression`, message, ...first.place }];
  });
}

/** Comments that suppress a house rule and give no reason. */
function unexplained(sources: readonly LintedSource[]): readonly Diagnostic[] {
  return sources.flatMap(({ suppressions }) =>
    suppressions
      .filter(({ reason, suppresses }) => suppresses && reason === '')
      .map(({ code, place }): Diagnostic => {
        const message = `this comment suppresses ${code} without a reason: write it after two hyphens, as in "suppress: ${code} -- why"`;
        return { severity: 'warning', code: `${houseCodes}suppress-reason`, message, ...place };
      }),
  );
}

function distinct(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return [...new Map(diagnostics.map((each) => [JSON.stringify(each), each])).values()];
}
