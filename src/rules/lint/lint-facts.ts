import type { VariableDeclaration } from '../../domain/rulesets/variables.ts';
import { hashRules } from '../logic-hash.ts';
import { type Memo, remembered } from '../memo.ts';
import { createLineIndex } from '../syntax/line-index.ts';
import { parseSource } from '../syntax/parse.ts';
import type { ParsedRule } from '../syntax/syntax.ts';
import { lintCondition } from './lint-condition.ts';
import { lintGuard } from './lint-guard.ts';
import { lintHashes } from './lint-hashes.ts';
import { type LintProblem, lintMeta } from './lint-meta.ts';
import { lintModules } from './lint-modules.ts';
import { lintPatterns } from './lint-patterns.ts';
import { type RuleSetUse, ruleSetUses } from './lint-rule-sets.ts';
import { lintSets } from './lint-sets.ts';
import type { PlacedProblem, SourcePlace } from './placed-problem.ts';
import { likenessOf } from './same-logic.ts';
import { type Suppression, suppressionsOf } from './suppress/suppressions.ts';

/** Everything about a rule that its lint, or the lint of another rule, depends on. JSON. */
export interface RuleFacts {
  readonly name: string;
  readonly private: boolean;
  /** The first word of the rule. */
  readonly first: SourcePlace;
  /** The name of the rule. */
  readonly named: SourcePlace;
  /** Only comparable with that of other facts. */
  readonly logicHash: string;
  /** See `likenessOf`. */
  readonly likeness: string;
  readonly sets: readonly RuleSetUse[];
  readonly problems: readonly PlacedProblem[];
}

/** Everything about a source that lint depends on. JSON. */
export interface FileFacts {
  readonly hasGlobals: boolean;
  readonly rules: readonly RuleFacts[];
  readonly suppressions: readonly (Suppression & { readonly place: SourcePlace })[];
}

/** Words of letters and digits with single underscores between them; hashes and dates are also words. */
const nameStyle = /^[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)*$/;

/**
 * Reads and checks the rules of one source.
 * @param memo remembers the facts of each source
 * @throws RearviewError as `hashRules`
 */
export function lintFacts(
  file: {
    readonly namespace: string;
    readonly source: string;
    readonly variables?: readonly VariableDeclaration[] | undefined;
  },
  memo: Memo,
): FileFacts {
  // The namespace is only part of an exception, which is not remembered.
  return remembered(memo, 'lint facts', [file.source, file.variables ?? []], () => readFacts(file));
}

function readFacts({ namespace, source, variables }: Parameters<typeof lintFacts>[0]): FileFacts {
  const placeOf = createLineIndex(source);
  const placeAt = (offset: number): SourcePlace => {
    const { line, column } = placeOf(offset);
    return { start: offset, line, column };
  };
  const parsed = parseSource(source);
  const hasGlobals = parsed.rules.some((each) => each.global);
  const imports = new Set(parsed.imports.map(({ value }) => value));
  return {
    hasGlobals,
    // The hashes are only compared with one another, so the engine does not matter.
    rules: hashRules(parsed, '', { namespace, variables }).map(({ rule, logicHash }) => ({
      name: rule.name,
      private: rule.private,
      first: placeAt(rule.start),
      named: placeAt(rule.parts.name.start),
      logicHash,
      likeness: likenessOf(rule),
      sets: ruleSetUses(rule).map(({ text: prefix, start }) => ({ prefix, ...placeAt(start) })),
      problems: problemsOf(rule, imports, hasGlobals).map(
        ({ code, message, severity = 'warning', at = rule.parts.name }) => ({
          ...{ code, message, severity },
          ...placeAt(at.start),
        }),
      ),
    })),
    suppressions: suppressionsOf(source, parsed).map((each) => ({ ...each, place: placeAt(each.at) })),
  };
}

function problemsOf(rule: ParsedRule, imports: ReadonlySet<string>, hasGlobals: boolean): readonly LintProblem[] {
  return [
    ...(rule.private ? [] : lintMeta(rule)),
    ...lintName(rule),
    ...lintGlobal(rule),
    ...lintModules(rule, imports),
    ...lintPatterns(rule),
    ...lintCondition(rule),
    ...lintSets(rule),
    ...lintGuard(rule, hasGlobals),
    ...lintHashes(rule),
  ];
}

/** A global rule is a condition for the others of its file. Public, it also alerts by itself. */
function lintGlobal({ name, global: isGlobal, private: isPrivate }: ParsedRule): LintProblem[] {
  if (!isGlobal || isPrivate) return [];
  const message = `${name} is global and not private: it alerts on every file that fits its condition. Write "private global rule", or remove "global" if it is to alert`;
  return [{ code: 'global-alerts', message }];
}

function lintName({ name }: ParsedRule): LintProblem[] {
  if (nameStyle.test(name)) return [];
  const message = `the rule name ${name} should consist of words of letters and digits with single underscores between them`;
  return [{ code: 'rule-name', message }];
}
