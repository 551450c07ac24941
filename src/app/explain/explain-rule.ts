import { hasCode, RearviewError } from '../../domain/errors.ts';
import type { UnpackLimits } from '../../domain/inside/limits.ts';
import type { Externals } from '../../domain/rulesets/externals.ts';
import { type RuleSource, ruleId } from '../../domain/rulesets/rule.ts';
import { type MatchedString, type RuleMatch, reportedMatchesPerPattern } from '../../domain/scans/match.ts';
import { engineInfo } from '../../engine/module/engine-module.ts';
import type { ScanPool, ScanReport } from '../../engine/types.ts';
import {
  asLeaf,
  type ConditionPart,
  type Operand,
  type PartValue,
  withHeads,
} from '../../rules/explain/condition-part.ts';
import { decidingParts } from '../../rules/explain/deciding-parts.ts';
import { evaluateParts, type ValuedPart } from '../../rules/explain/evaluate-parts.ts';
import {
  namespaces,
  neededRules,
  type PartRules,
  type RuleInSource,
  writePartRules,
} from '../../rules/explain/part-rules.ts';
import { splitParts } from '../../rules/explain/split-parts.ts';
import { rulesetId } from '../../rules/ruleset.ts';
import { createLineIndex } from '../../rules/syntax/line-index.ts';
import { oneLine, patternName } from '../../rules/syntax/written-text.ts';
import type {
  ExplainedInside,
  ExplainedNeed,
  ExplainedPart,
  ExplainedPattern,
  RuleExplanation,
} from './explanation.ts';
import type { FoundRule } from './find-rule.ts';
import { operandValues } from './operand-values.ts';

export interface ExplainOptions extends FoundRule<RuleSource & Partial<Locatable>> {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly externals: Externals;
  readonly pool: Pick<ScanPool, 'scan'>;
  /** The limits for members, which are scanned if the file itself does not match. Default: they are not. */
  readonly unpack?: UnpackLimits | null;
}

interface Locatable {
  locate(line: number): { readonly file: string; readonly line: number };
}

/**
 * Explains why a rule matches a file or does not. Every value is one that the engine returned: each
 * part of the condition is a rule of its own, and all of them scan the file at once.
 * @throws RearviewError `ERR_RULES_INVALID` if the rule does not compile, `ERR_STATE` if the scan of
 *   the file fails
 */
export async function explainRule(options: ExplainOptions): Promise<RuleExplanation> {
  const { file, parsed, rule } = options;
  const place = { source: file.source, parsed, rule, variables: file.variables };
  const { split, rules, report } = await scanParts(options, place);
  const parts = new Map(
    report.matches.filter((each) => each.namespace === namespaces.parts).map((each) => [each.rule, each]),
  );
  const matches = report.matches.some((each) => each.namespace === namespaces.original && each.rule === rule.name);
  const found = foundPatterns(rules, rule.patterns.length, parts);
  const root = evaluateParts(split, (part) => valueFor(part, rules, parts, found));
  const needs = neededRules(place).map((each) => ({
    rule: ruleId({ ...file, name: each.rule.name }),
    isGlobal: each.isGlobal,
    matches: parts.has(each.rule.name),
  }));
  const deciding = decide(root, matches, needs);
  const inside = matches ? null : await scanInside(options, rules, rule.name);

  const many = found.flatMap((each, index): Operand[] =>
    each.length < reportedMatchesPerPattern
      ? []
      : [{ text: `#${rules.patternName(index).slice(1)}`, heads: [], patterns: [index] }],
  );
  const values = await operandValues(place, [...many, ...operandsOf(root)], async (source) => {
    const { printed } = await scanWith(options, [source]);
    return printed ?? { lines: [], dropped: 0 };
  });
  const lineAt = createLineIndex(file.source);
  const explain = (part: ValuedPart): ExplainedPart => ({
    text: part.text,
    value: part.value,
    kind: part.logic.kind === 'gate' ? part.logic.word : part.logic.kind,
    line: located(file, lineAt(part.start).line).line,
    decides: deciding.parts.some(({ expression }) => expression === part.expression),
    operands:
      part.logic.kind === 'leaf' ? part.logic.operands.map((each) => ({ text: each.text, value: values(each) })) : [],
    parts: part.parts.map(explain),
  });
  return {
    rule: ruleId({ ...file, name: rule.name }),
    ...located(file, rule.parts.name.line),
    matches,
    condition: explain(root),
    patterns: rule.patterns.map((pattern, index): ExplainedPattern => {
      const own = found[index] ?? [];
      const count = many.find(({ patterns }) => patterns.includes(index));
      const total = count === undefined ? own.length : Number(values(count) ?? own.length);
      return {
        identifier: patternName(pattern, index),
        text: oneLine(file.source, pattern, 2),
        total,
        matches: own.map(({ offset, length, data }) => ({ offset, length, data })),
      };
    }),
    needs,
    deciding: [...deciding.rules, ...deciding.parts.map(({ text }) => text)],
    ...(report.matchLimitReached === undefined ? {} : { matchLimitReached: report.matchLimitReached }),
    ...(inside === null ? {} : { inside }),
  };
}

/** Which members the rule matches. Null if the file is no container, or members are not scanned. */
async function scanInside(options: ExplainOptions, rules: PartRules, name: string): Promise<ExplainedInside | null> {
  if (options.unpack === undefined || options.unpack === null) return null;
  const sources = rules.sources.filter(({ namespace }) => namespace === namespaces.original);
  const { inside, matches } = await scanWith(options, sources, options.unpack);
  if (inside === undefined) return null;
  const { members = [], membersTotal = members.length } = matches.find(({ rule }) => rule === name) ?? {};
  const { scanned, reasons } = inside;
  return { scanned, reasons, members, membersTotal };
}

/**
 * Scans the file with the rules of all parts. If the engine refuses a part by itself or crashes on
 * it (1.20 crashes on `0 of them at 4294967295`, and a condition can exclude that), the condition is
 * one part, true or false.
 */
async function scanParts(
  options: ExplainOptions,
  place: RuleInSource,
): Promise<{ readonly split: ConditionPart; readonly rules: PartRules; readonly report: Scanned }> {
  const split = splitParts(place.source, place.rule);
  const scan = async (root: ConditionPart, knowsUndefined: boolean) => {
    const rules = writePartRules(place, root, knowsUndefined);
    return { split: root, rules, report: await scanWith(options, rules.sources) };
  };
  try {
    return await scan(split, true);
  } catch (error) {
    if (!hasCode(error, 'ERR_RULES_INVALID', 'ERR_RULES_TIMEOUT', 'ERR_STATE')) throw error;
    return scan(asLeaf(split), false);
  }
}

type Scanned = Extract<ScanReport, { readonly status: 'scanned' }>;

async function scanWith(
  { bytes, externals, pool }: ExplainOptions,
  sources: readonly RuleSource[],
  unpack: UnpackLimits | null = null,
): Promise<Scanned> {
  const ruleset = { id: rulesetId(sources, engineInfo()), sources };
  // The bytes go with the worker.
  const report = await pool.scan({ ruleset, bytes: bytes.slice(), externals, unpack });
  if (report.status === 'scanned') return report;
  throw new RearviewError('ERR_STATE', `The scan of the file failed (${report.reason}): ${report.detail}`);
}

function located({ namespace, locate }: RuleSource & Partial<Locatable>, line: number): { file: string; line: number } {
  const { file, line: at } = locate?.(line) ?? { file: namespace, line };
  return { file, line: at };
}

/** The matches of each pattern, whatever the condition. */
function foundPatterns(
  { patternsRule, patternName: nameOf }: PartRules,
  count: number,
  parts: ReadonlyMap<string, RuleMatch>,
): readonly (readonly MatchedString[])[] {
  const strings = (patternsRule === null ? undefined : parts.get(patternsRule)?.strings) ?? [];
  const byName = Map.groupBy(strings, ({ identifier }) => identifier);
  return Array.from({ length: count }, (_, index) => byName.get(nameOf(index)) ?? []);
}

function valueFor(
  { expression, logic }: ConditionPart,
  rules: PartRules,
  parts: ReadonlyMap<string, RuleMatch>,
  found: readonly (readonly MatchedString[])[],
): PartValue {
  if (logic.kind === 'leaf' && logic.pattern !== undefined) {
    return (found[logic.pattern] ?? []).length > 0 ? 'true' : 'false';
  }
  const names = rules.ruleOf(expression);
  if (names !== undefined && parts.has(names.isTrue)) return 'true';
  return names?.isDefined === undefined || parts.has(names.isDefined) ? 'false' : 'undefined';
}

/** The condition decides by itself, unless a global rule is the only reason. */
function decide(
  root: ValuedPart,
  matches: boolean,
  needs: readonly ExplainedNeed[],
): { readonly rules: readonly string[]; readonly parts: readonly ValuedPart[] } {
  const globals = needs.filter(({ isGlobal }) => isGlobal);
  const parts = decidingParts(root);
  if (matches) return { rules: globals.map(({ rule }) => rule), parts };
  const failed = globals.find((each) => !each.matches);
  const isOfCondition = root.value !== 'true' && (failed === undefined || parts.length <= 1);
  return isOfCondition || failed === undefined ? { rules: [], parts } : { rules: [failed.rule], parts: [] };
}

function operandsOf(root: ValuedPart): readonly Operand[] {
  const own = root.logic.kind === 'leaf' ? root.logic.operands : [];
  const all = [...own, ...root.parts.flatMap(operandsOf)];
  return [...new Map(all.map((each) => [withHeads(each.text, each.heads), each])).values()];
}
