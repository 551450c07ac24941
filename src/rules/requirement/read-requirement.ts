import type { Formula, Leaf, Sign } from '../scope/formula.ts';
import type { PatternMeaning } from '../scope/pattern-meaning.ts';
import { readRange } from '../scope/read-condition.ts';
import { createNamespaceReader } from '../scope/read-rules.ts';
import type { RuleReading } from '../scope/rule-reading.ts';
import type { Range } from '../scope/split-condition.ts';
import { integerValue } from '../syntax/literals.ts';
import type { ParsedRule } from '../syntax/syntax.ts';
import { expressionRequirement } from './expression-requirement.ts';
import { headBytes } from './facts.ts';
import { patternRequirement, placedBytes } from './pattern-requirement.ts';
import { allOf, atLeast, impossible, open, type Requirement } from './requirement.ts';

/** Tokens of loops over patterns that are read again for each pattern, over all rules. */
const maxTokens = 1_000_000;
/** Nesting of formulas: rules that name each other nest without end. */
const maxDepth = 400;

/**
 * Reads what a content must have so that a rule of one source matches it. It is monotone: what is
 * not understood is true of any content.
 *
 * Conditions are read as in `src/rules/scope`, which knows what is undefined; expressions that it
 * compares only as text are read further here.
 */
export function createRequirementReader(all: readonly ParsedRule[]): (name: string) => Requirement {
  // The engine refuses a second rule of a name, but a source may have one.
  const names = new Set<string>();
  const rules = all.filter(({ name }) => !names.has(name) && names.add(name));
  const expressions = new Map<string, { readonly rule: RuleReading; readonly range: Range }>();
  const reader = createNamespaceReader(rules, (key, rule, range) => expressions.set(key, { rule, range }));
  const globals = rules.filter((rule) => rule.global).map(({ name }) => name);
  const byFormula = new Map<Formula, Requirement>();
  const byPattern = new Map<string, Requirement>();
  const byExpression = new Map<string, Requirement>();
  let tokensLeft = maxTokens;
  let depth = 0;

  const ofPattern = ({ key, identifier, pattern }: PatternMeaning): Requirement => {
    const known = byPattern.get(key) ?? patternRequirement(pattern, `\`${identifier}\``);
    byPattern.set(key, known);
    return known;
  };

  const ofFormula = (formula: Formula): Requirement => {
    const known = byFormula.get(formula);
    if (known !== undefined) return known;
    if (depth >= maxDepth) return open('its condition is nested too deeply');
    depth += 1;
    const read =
      formula.kind === 'literal'
        ? ofLiteral(formula.leaf, formula.sign)
        : atLeast(formula.atLeast, formula.of.map(ofFormula));
    depth -= 1;
    byFormula.set(formula, read);
    return read;
  };

  const ofLiteral = (leaf: Leaf, sign: Sign): Requirement => {
    if (leaf.kind === 'filesize') return sizeRequirement(leaf.atLeast, sign === 'true');
    if (sign !== 'true') return open('what must not be there narrows nothing');
    if (leaf.kind === 'pattern') {
      const placed = expressions.get(leaf.key);
      return allOf([ofPattern(leaf.pattern), ...(placed === undefined ? [] : atStart(placed.rule, placed.range))]);
    }
    const known = byExpression.get(leaf.key);
    if (known !== undefined) return known;
    const found = expressions.get(leaf.key);
    const read =
      found === undefined
        ? open('an expression is not understood')
        : expressionRequirement(found.rule, found.range, {
            ofPattern,
            ofBody: (rule, range) => ofFormula(readRange(rule, range, 'true')),
            take(count) {
              tokensLeft -= count;
              return tokensLeft >= 0;
            },
          });
    byExpression.set(leaf.key, read);
    return read;
  };

  return (name) => {
    const parts = [...new Set([name, ...globals])].map((each) => reader(each)?.formula('true'));
    return allOf(parts.map((each) => (each === undefined ? open(`there is no rule ${name}`) : ofFormula(each))));
  };
}

function sizeRequirement(size: bigint, isReached: boolean): Requirement {
  const value = Number(size);
  if (!Number.isSafeInteger(value)) return isReached ? impossible : open('every file is smaller');
  const operator = isReached ? '>=' : '<';
  return { kind: 'fact', test: { kind: 'compare', operator, of: [{ kind: 'filesize' }, { kind: 'constant', value }] } };
}

/** `$a at 0` and the like: what the pattern has at that offset, if the facts show it. */
function atStart(rule: RuleReading, { start, end }: Range): readonly Requirement[] {
  const [pattern, at, offset] = rule.tokens.slice(start, end);
  if (pattern === undefined || at?.text !== 'at' || offset?.kind !== 'integer' || end - start !== 3) return [];
  const meaning = rule.patternOf(pattern.text);
  const place = Number(integerValue(offset.text));
  if (meaning === undefined || place >= headBytes) return [];
  const bytes = placedBytes(meaning.pattern);
  if (bytes === null || bytes.length === 0) return [];
  return [{ kind: 'fact', test: { kind: 'bytes', at: place, bytes: bytes.slice(0, headBytes - place) } }];
}
