import type { RuleSource } from '../domain/rulesets/rule.ts';
import { isDefaultVariable, type VariableDeclaration } from '../domain/rulesets/variables.ts';
import { tokenize } from './syntax/lexer.ts';
import { isFreeName } from './syntax/references.ts';
import type { ParsedRule } from './syntax/syntax.ts';

/**
 * Adds to a source the variables it uses, sorted by name. A variable that is declared and not used
 * is not part of a ruleset. Without variables, the source has no field `variables`. A rule with the
 * name of a default variable takes its place in its file.
 */
export function withVariables(
  { namespace, source }: Pick<RuleSource, 'namespace' | 'source'>,
  declared: readonly VariableDeclaration[] = [],
): RuleSource {
  // Most sources use none, and need not be read.
  if (!declared.some(({ name }) => source.includes(name))) return { namespace, source };
  const tokens = tokenize(source);
  const words = new Set(tokens.flatMap(({ kind, text }) => (kind === 'identifier' ? [text] : [])));
  const isRule = (name: string) => tokens.some(({ text }, at) => text === name && tokens[at - 1]?.text === 'rule');
  const variables = declared
    .filter(({ name }) => words.has(name))
    .filter((each) => !isDefaultVariable(each) || !isRule(each.name))
    .map(({ name, type, default: value }): VariableDeclaration => ({ name, type, default: value }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return variables.length === 0 ? { namespace, source } : { namespace, source, variables };
}

/** Returns the variables that the condition of a rule uses, or seems to use. */
export function variablesOf(
  { condition }: Pick<ParsedRule, 'condition'>,
  declared: readonly VariableDeclaration[] = [],
): readonly VariableDeclaration[] {
  if (declared.length === 0) return [];
  const names = new Set(condition.flatMap(({ text }, index) => (isFreeName(condition, index) ? [text] : [])));
  return declared.filter(({ name }) => names.has(name));
}
