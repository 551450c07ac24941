import type { Diagnostic } from '../../domain/rulesets/diagnostic.ts';
import { nameProblem } from '../../domain/rulesets/variables.ts';
import { type Token, tokenize } from '../../rules/syntax/lexer.ts';
import { createLineIndex } from '../../rules/syntax/line-index.ts';

const unknownName = /^unknown identifier `(\w+)`/;
const textOperators: ReadonlySet<string> = new Set([
  ...['contains', 'icontains', 'startswith', 'istartswith', 'endswith', 'iendswith', 'iequals', 'matches'],
]);
const comparisons: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=']);
/** A name of a rule says what it finds; a name of this kind says what a file is. */
const yesOrNo = /^(?:is|has)_[a-z0-9_]+$/;

/**
 * Adds to the engine's error about an unknown name how to declare it, if the condition uses the name
 * like an external variable: in a comparison or with an operator for texts, or as `is_…` or `has_…`.
 * Other diagnostics are returned as they are.
 */
export function explainUnknownVariable(diagnostic: Diagnostic, source: string): Diagnostic {
  const name = unknownName.exec(diagnostic.message)?.[1];
  if (name === undefined || nameProblem(name) !== null) return diagnostic;
  const value = defaultFor(name, tokensAround(diagnostic, name, source));
  if (value === null) return diagnostic;
  const message = `${diagnostic.message}. If it is an external variable, declare it in rearview.yaml: variables: { ${name}: ${value} }`;
  return { ...diagnostic, message };
}

interface Around {
  readonly before: Token | undefined;
  readonly beyond: Token | undefined;
  readonly after: Token | undefined;
  readonly next: Token | undefined;
}

function tokensAround({ line, column }: Diagnostic, name: string, source: string): Around | null {
  const placeOf = createLineIndex(source);
  const tokens = tokenize(source);
  const at = tokens.findIndex(({ text, start }) => {
    if (text !== name) return false;
    const place = placeOf(start);
    return place.line === line && place.column === column;
  });
  return at < 0
    ? null
    : { beyond: tokens[at - 2], before: tokens[at - 1], after: tokens[at + 1], next: tokens[at + 2] };
}

/** The default to propose, as YAML; null if the name is not used like a variable. */
function defaultFor(name: string, around: Around | null): string | null {
  if (around === null) return null;
  const { before, beyond, after, next } = around;
  if (after !== undefined && ['.', '(', '['].includes(after.text)) return null;
  if (textOperators.has(after?.text ?? '') || textOperators.has(before?.text ?? '')) return '""';
  const other = comparisons.has(after?.text ?? '') ? next : comparisons.has(before?.text ?? '') ? beyond : null;
  if (other === null) return yesOrNo.test(name) ? 'false' : null;
  if (other?.kind === 'string') return '""';
  return other?.kind === 'float' ? '{ type: float, default: 0 }' : '0';
}
