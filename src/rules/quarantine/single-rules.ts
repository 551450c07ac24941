import type { Diagnostic } from '../../domain/rulesets/diagnostic.ts';
import type { RuleSource } from '../../domain/rulesets/rule.ts';
import type { ParsedSource } from '../syntax/syntax.ts';
import { createEngineIndex } from './engine-places.ts';

/** Code of the engine for a syntax error. */
export const syntaxError = 'E001';

/** One rule of a source as a source of its own. */
export interface SingleRule {
  /** Its namespace tells it from the others. */
  readonly source: RuleSource;
  /** Returns an error of that source as an error of the whole. */
  place(error: Diagnostic): Diagnostic;
}

/**
 * Returns each rule of a source on its own. Their syntax errors are their own; that they lack what
 * is before them are errors of another kind.
 */
export function singleRules({ namespace, source }: RuleSource, { rules }: ParsedSource): readonly SingleRule[] {
  const placeOf = createEngineIndex(source);
  return rules.map(({ start, end }, index) => {
    const { line, column } = placeOf(start);
    return {
      source: { namespace: `${namespace}#${index}`, source: source.slice(start, end) },
      place: (error) => ({
        ...error,
        file: namespace,
        line: line + error.line - 1,
        column: error.line === 1 ? column + error.column - 1 : error.column,
      }),
    };
  });
}

/**
 * Returns an error at the start of each part that does not parse. Its message is the engine's, if
 * that reports one within the part.
 */
export function brokenParts(
  { namespace, source }: RuleSource,
  { problems, broken }: ParsedSource,
  errors: readonly Diagnostic[],
): readonly Diagnostic[] {
  const placeOf = createEngineIndex(source);
  return broken.map(({ start, end }, index) => {
    const [from, to] = [placeOf(start), placeOf(end)];
    const isWithin = ({ code, line }: Diagnostic) => code === syntaxError && from.line <= line && line <= to.line;
    const own = errors.filter(isWithin);
    const message = own.length === 1 ? own[0]?.message : undefined;
    return {
      ...{ severity: 'error', code: syntaxError, file: namespace },
      message: message ?? `syntax error: ${problems[index]?.message ?? 'not a rule'}`,
      ...from,
    };
  });
}
