import type { RuleSource } from '../../domain/rulesets/rule.ts';
import type { VariableDeclaration } from '../../domain/rulesets/variables.ts';
import { withVariables } from '../source-variables.ts';
import { tokenize } from '../syntax/lexer.ts';
import type { ParsedRule, ParsedSource } from '../syntax/syntax.ts';
import { allParts, type ConditionPart, type Operand, withHeads } from './condition-part.ts';
import { soleName } from './split-parts.ts';

/** A rule to explain, and the source that it is in. */
export interface RuleInSource {
  readonly source: string;
  readonly parsed: Pick<ParsedSource, 'imports' | 'rules'>;
  readonly rule: ParsedRule;
  readonly variables?: readonly VariableDeclaration[] | undefined;
}

/** Another rule that decides whether a rule matches. */
export interface NeededRule {
  readonly rule: ParsedRule;
  /** A global rule: without it no rule of its file matches. */
  readonly isGlobal: boolean;
}

/** The two namespaces of the variants. */
export const namespaces = { original: 'original', parts: 'parts' } as const;

/** Rules that evaluate each part of a condition, in one ruleset. */
export interface PartRules {
  readonly sources: readonly RuleSource[];
  /** The rule that lists the matches of every pattern; null where the rule has none. */
  readonly patternsRule: string | null;
  /**
   * The names of the rules that match if an expression is true, and if it is defined; undefined for
   * an expression that has none. `defined` is absent if the expression is never undefined.
   */
  ruleOf(expression: string): { readonly isTrue: string; readonly isDefined?: string } | undefined;
  /** The name under which a pattern is reported. */
  patternName(index: number): string;
}

/**
 * The rules that a rule depends on, over any number of steps, and the global rules of its file, in
 * the order of the source.
 */
export function neededRules({ parsed, rule }: Pick<RuleInSource, 'parsed' | 'rule'>): readonly NeededRule[] {
  const byName = new Map(parsed.rules.map((each) => [each.name, each]));
  const needed = new Set<ParsedRule>();
  const globals = parsed.rules.filter((each) => each.global && each !== rule);
  const queue = [rule, ...globals];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (needed.has(next)) continue;
    needed.add(next);
    for (const name of next.references.rules) {
      const found = byName.get(name);
      if (found !== undefined) queue.push(found);
    }
  }
  needed.delete(rule);
  return parsed.rules.filter((each) => needed.has(each)).map((each) => ({ rule: each, isGlobal: each.global }));
}

/**
 * Writes a rule for each distinct part. All of them are public and not global, so that the engine
 * reports each by itself. The original rules are in a namespace of their own, as written.
 * @param knowsUndefined whether undefined values are distinguished from false ones. Default: true
 */
export function writePartRules(place: RuleInSource, root: ConditionPart, knowsUndefined = true): PartRules {
  const { source, rule } = place;
  const needed = neededRules(place);
  const prefix = freePrefix(source);
  const names = new Map<string, { isTrue: string; isDefined?: string }>();
  const written: string[] = [];
  for (const part of allParts(root)) {
    const { expression, logic } = part;
    // Whether a pattern matches is known from the rule of all patterns.
    if (names.has(expression) || (logic.kind === 'leaf' && logic.pattern !== undefined)) continue;
    const isTrue = `${prefix}${names.size}`;
    const isTotal = logic.kind === 'gate' || (logic.kind === 'leaf' && logic.rule !== undefined);
    const isDefined = isTotal || !knowsUndefined ? undefined : `${isTrue}_defined`;
    names.set(expression, isDefined === undefined ? { isTrue } : { isTrue, isDefined });
    written.push(writeRule(place, isTrue, part, expression));
    if (isDefined !== undefined) written.push(writeRule(place, isDefined, part, `defined ( ${expression} )`));
  }
  const patternsRule = rule.patterns.length === 0 ? null : `${prefix}patterns`;
  const variants = [
    ...importLines(place, [rule, ...needed.map((each) => each.rule)]),
    ...needed.map((each) => withoutModifiers(source, each.rule)),
    ...(patternsRule === null ? [] : [writePatternsRule(place, patternsRule)]),
    ...written,
  ];
  const asWritten = place.parsed.rules
    .filter((each) => each === rule || needed.some((other) => other.rule === each))
    .map((each) =>
      each === rule ? `${each.global ? 'global ' : ''}${withoutModifiers(source, each)}` : cut(source, each),
    );
  const original = [...importLines(place, [rule, ...needed.map((each) => each.rule)]), ...asWritten];
  return {
    sources: [
      withVariables({ namespace: namespaces.original, source: original.join('\n') }, place.variables),
      withVariables({ namespace: namespaces.parts, source: variants.join('\n') }, place.variables),
    ],
    patternsRule,
    ruleOf: (expression) => names.get(expression),
    patternName: (index) => soleName(rule, index),
  };
}

/** A source that prints the value of each operand with the `console` module, after its index. */
export function writeOperandRules(place: RuleInSource, operands: readonly Operand[]): RuleSource {
  const prefix = freePrefix(place.source);
  const rules = operands.map((operand, index) => {
    const call = withHeads(`console.log("${index} ", ( ${operand.text} ))`, operand.heads);
    return writeRule(place, `${prefix}${index}`, operand, call);
  });
  const lines = [
    ...importLines(place, [place.rule]).filter((line) => line !== 'import "console"'),
    'import "console"',
    ...rules,
  ];
  return withVariables({ namespace: namespaces.parts, source: lines.join('\n') }, place.variables);
}

function writeRule(
  { source, rule }: RuleInSource,
  name: string,
  { patterns }: Pick<ConditionPart, 'patterns'>,
  expression: string,
): string {
  const strings = [...patterns]
    .sort((a, b) => a - b)
    .map((index) => {
      const sole = soleName(rule, index);
      const identifier = rule.patterns[index]?.identifier ?? '$';
      return patternText(source, rule, index, expression.includes(sole) ? sole : identifier);
    });
  const section = strings.length === 0 ? '' : ` strings: ${strings.join('\n')}\n`;
  return `rule ${name} {${section} condition: ( ${expression} ) }`;
}

/** Matches any file. The engine searches for patterns only if a condition needs them. */
function writePatternsRule({ source, rule }: RuleInSource, name: string): string {
  const strings = rule.patterns.map((_, index) => patternText(source, rule, index, soleName(rule, index)));
  return `rule ${name} { strings: ${strings.join('\n')}\n condition: any of them or filesize >= 0 }`;
}

/** A pattern that is not private, so that its matches are reported. */
function patternText(source: string, rule: ParsedRule, index: number, identifier: string): string {
  const pattern = rule.patterns[index];
  if (pattern === undefined) return '';
  const text = source.slice(pattern.start, pattern.end);
  const [, equals, ...rest] = tokenize(text);
  const words = rest.filter(({ kind, text: word }) => kind !== 'identifier' || word !== 'private');
  return [identifier, equals?.text ?? '=', ...words.map((each) => each.text)].join(' ');
}

function cut(source: string, { start, end }: ParsedRule): string {
  return source.slice(start, end);
}

function withoutModifiers(source: string, { parts, end }: ParsedRule): string {
  return `rule ${source.slice(parts.name.start, end)}`;
}

/** An imported module runs on every file, used or not: only those that the rules use. */
function importLines({ parsed }: RuleInSource, rules: readonly ParsedRule[]): readonly string[] {
  const used = new Set(rules.flatMap(({ references }) => references.modules));
  return [...used]
    .filter((name) => parsed.imports.some(({ value }) => value === name))
    .map((name) => `import "${name}"`);
}

/** A beginning for the names of rules that no word of the source has. */
function freePrefix(source: string): string {
  let prefix = 'part_';
  while (source.includes(prefix)) prefix += '_';
  return prefix;
}
