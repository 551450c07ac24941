import type { HelpText } from './help-texts.ts';
import { hide, hideQuotes, type Span } from './mask.ts';
import { wordsIn } from './words-in.ts';

/** A problem of a help text: the place names the command and its flag. */
export interface HelpProblem {
  readonly place: string;
  readonly message: string;
}

/** The words of help texts that the rules replace. Flags, placeholders and quotes are not prose. */
export function lintHelp(texts: readonly HelpText[]): readonly HelpProblem[] {
  return texts.flatMap(({ place, text }) => wordsIn(proseOf(text)).map(({ message }) => ({ place, message })));
}

function proseOf(text: string): string {
  const spans = [...text.matchAll(/--?[a-z][\w-]*|\b[A-Z]{2,}\b|\w+(?:[./:]\w+)+/g)];
  return hide(
    hideQuotes(text),
    spans.map(({ 0: word, index }): Span => [index, index + word.length]),
  );
}
