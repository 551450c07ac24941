import type { Diagnostic } from '../../domain/rulesets/diagnostic.ts';
import { replacement } from '../rule-text.ts';
import { tokenize } from '../syntax/lexer.ts';
import { createEngineIndex } from './engine-places.ts';

/**
 * The places of a source that were not UTF-8, outside of comments: the rules there would search for
 * something else. Code: `load/encoding`.
 */
export function undecoded(source: string, file: string): readonly Diagnostic[] {
  if (!source.includes(replacement)) return [];
  const placeOf = createEngineIndex(source);
  return tokenize(source)
    .filter(({ text }) => text.includes(replacement))
    .map(({ start }) => ({
      ...{ severity: 'error', code: 'load/encoding', message: 'a text that is not UTF-8' },
      ...{ file, ...placeOf(start) },
    }));
}
