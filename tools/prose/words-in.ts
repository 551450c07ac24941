import type { Span } from './mask.ts';
import { wordRules } from './word-rules.ts';

/** A word to replace. */
export interface WordProblem {
  readonly message: string;
  readonly span: Span;
}

/** The words of a text that the rules replace. What is not prose has to be hidden. */
export function wordsIn(prose: string): readonly WordProblem[] {
  return wordRules.flatMap(({ name, pattern, use }) =>
    [...prose.matchAll(pattern)].map(({ 0: word, index }): WordProblem => {
      const message = `"${word.replaceAll(/\s+/g, ' ').trim()}": use ${use} [${name}]`;
      return { message, span: [index, index + word.length] };
    }),
  );
}
