/** A line of an original file. */
export interface SourceLine {
  /** Path below the rules folder, with `/`. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

/** Assembles a source from pieces of files, and records the origin of each line. */
export interface SourceBuilder {
  /** Adds a piece of a file. If the piece starts within a line, spaces preserve its column. */
  add(file: string, text: string, place: { readonly line: number; readonly column: number }): void;
  build(): { readonly source: string; readonly locate: (line: number) => SourceLine };
}

/**
 * Creates a builder without pieces.
 * @param file what `locate` returns for lines without a piece
 */
export function createSourceBuilder(file: string): SourceBuilder {
  const pieces: string[] = [];
  /** Starts of runs of lines: `at` in the assembled source. */
  const runs: (SourceLine & { readonly at: number })[] = [];
  let line = 1;
  let atLineStart = true;
  return {
    add(from, text, place) {
      if (text === '') return;
      // Pieces never share a line. Therefore each line has one origin, and a comment at the end of
      // a file hides nothing.
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
