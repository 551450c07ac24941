import { createLineIndex, lineStarts, type Place } from '../syntax/line-index.ts';

/** Characters of two UTF-16 code units. */
const astral = /[\u{10000}-\u{10ffff}]/u;

/**
 * Finds places by offset as the engine reports them: it counts columns in characters, and
 * `createLineIndex` in UTF-16 code units.
 */
export function createEngineIndex(text: string): (offset: number) => Place {
  const placeOf = createLineIndex(text);
  if (!astral.test(text)) return placeOf;
  return (offset) => {
    const { line, column } = placeOf(offset);
    return { line, column: [...text.slice(offset - column + 1, offset)].length + 1 };
  };
}

/** Finds offsets by the places that the engine reports. */
export function createEngineOffsets(source: string): (place: Place) => number {
  const starts = lineStarts(source);
  /** Offsets of the characters of lines that have some of two code units. */
  const known = new Map<number, readonly number[] | null>();
  return ({ line, column }) => {
    const start = starts[line - 1] ?? source.length;
    const end = starts[line] ?? source.length;
    const before = Math.max(0, column - 1);
    let offsets = known.get(line);
    if (offsets === undefined) {
      offsets = characterOffsets(source.slice(start, end));
      known.set(line, offsets);
    }
    return Math.min(end, start + (offsets === null ? before : (offsets[before] ?? end - start)));
  };
}

/** Offset of each character in code units; null if they are the same. */
function characterOffsets(text: string): readonly number[] | null {
  if (!astral.test(text)) return null;
  const offsets: number[] = [];
  let at = 0;
  for (const character of text) {
    offsets.push(at);
    at += character.length;
  }
  return offsets;
}
