/** A line as a person wrote it. */
export interface SourceLine {
  /** Path below the rules folder, with `/`. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

/** Puts a source together from pieces of files, and remembers where each of its lines comes from. */
export interface SourceBuilder {
  /** Adds a piece of a file. Where the piece begins within a line, spaces keep its column. */
  add(file: string, text: string, place: { readonly line: number; readonly column: number }): void;
  build(): { readonly source: string; readonly locate: (line: number) => SourceLine };
}

/**
 * A builder without pieces.
 * @param file what `locate` names for lines that no piece has
 */
export function createSourceBuilder(file: string): SourceBuilder {
  const pieces: string[] = [];
  /** Where runs of lines begin: `at` in the source that is built. */
  const runs: (SourceLine & { readonly at: number })[] = [];
  let line = 1;
  let atLineStart = true;
  return {
    add(from, text, place) {
      if (text === '') return;
      // Pieces never share a line, so that a line has one origin, and a comment at the end of a file takes nothing with it.
      if (!atLineStart) {
        pieces.push('\n');
        line += 1;
      }
      runs.push({ at: line, file: from, line: place.line });
      pieces.push(' '.repeat(place.column - 1), text);
      for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) line += 1;
      atLineStart = text.endsWith('\n');
    },
    build() {
      return { source: pieces.join(''), locate: (wanted) => locateIn(runs, wanted, file) };
    },
  };
}

function locateIn(runs: readonly (SourceLine & { readonly at: number })[], line: number, file: string): SourceLine {
  const run = runs.findLast(({ at }) => at <= line);
  return run === undefined ? { file, line } : { file: run.file, line: run.line + line - run.at };
}
