import { type ByteSet, sizeOf, valuesOf } from '../scope/byte-set.ts';

/** Bytes in a row that the index searches for. A shorter run narrows nothing. */
export const gramBytes = 4;
/** Grams that a window may stand for. */
const maxVariants = 64;
/** The same if a run has no such window. */
const maxVariantsAlone = 256;

/** Four bytes in a row of a run, as the grams that they may be: the first byte is the lowest. */
export type Window = readonly number[];

/**
 * Returns the windows of a run that stand for few grams: a content with the run has one gram of
 * each. At most `limit`, those for the fewest grams, and these first.
 */
export function windowsOf(run: readonly ByteSet[], limit = Number.POSITIVE_INFINITY): readonly Window[] {
  const known = windowsByLimit.get(run) ?? new Map<number, readonly Window[]>();
  windowsByLimit.set(run, known);
  const windows = known.get(limit) ?? chooseWindows(run, limit);
  known.set(limit, windows);
  return windows;
}

function chooseWindows(run: readonly ByteSet[], limit: number): readonly Window[] {
  return spread(startsOf(run))
    .toSorted((a, b) => a.variants - b.variants)
    .slice(0, limit)
    .map(({ at }) => gramsAt(run, at));
}

/** The windows of a run are needed for every content, and for every group of every segment. */
const windowsByLimit = new WeakMap<readonly ByteSet[], Map<number, readonly Window[]>>();

/** Returns whether a run has a window at all. */
export function hasWindow(run: readonly ByteSet[]): boolean {
  return startsOf(run).length > 0;
}

interface Start {
  readonly at: number;
  readonly variants: number;
}

function startsOf(run: readonly ByteSet[]): readonly Start[] {
  const starts: Start[] = [];
  for (let at = 0; at + gramBytes <= run.length; at += 1) {
    const variants = run.slice(at, at + gramBytes).reduce((product, set) => product * sizeOf(set), 1);
    if (variants <= maxVariantsAlone) starts.push({ at, variants });
  }
  const few = starts.filter(({ variants }) => variants <= maxVariants);
  return few.length > 0 ? few : starts;
}

/** First every fourth, which have no byte in common, then those between. */
function spread(starts: readonly Start[]): readonly Start[] {
  return [0, 2, 1, 3].flatMap((first) => starts.filter((_, index) => index % gramBytes === first));
}

function gramsAt(run: readonly ByteSet[], at: number): Window {
  let grams: number[] = [0];
  for (let index = 0; index < gramBytes; index += 1) {
    const values = valuesOf(run[at + index] ?? 0n);
    grams = grams.flatMap((gram) => values.map((value) => (gram | (value << (8 * index))) >>> 0));
  }
  return grams;
}
