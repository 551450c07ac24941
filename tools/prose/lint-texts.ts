import { hide, hideQuotes, type Span } from './mask.ts';
import { wordsIn } from './words-in.ts';

/** A text that a person reads, and where it is: `scan --json`, `src/cli/up/up.ts:12`. */
export interface PlacedText {
  readonly place: string;
  readonly text: string;
}

/** A problem of a text. */
export interface TextProblem {
  readonly place: string;
  readonly message: string;
}

/** The words of texts that the rules replace. Flags, placeholders and quotes are not prose. */
export function lintTexts(texts: readonly PlacedText[]): readonly TextProblem[] {
  return texts.flatMap(({ place, text }) => wordsIn(proseOf(text)).map(({ message }) => ({ place, message })));
}

function proseOf(text: string): string {
  const spans = [...text.matchAll(/--?[a-z][\w-]*|\b[A-Z]{2,}\b|\w+(?:[./:]\w+)+/g)];
  return hide(
    hideQuotes(text),
    spans.map(({ 0: word, index }): Span => [index, index + word.length]),
  );
}
