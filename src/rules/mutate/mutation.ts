/** One small change of a rule. */
export interface Mutation {
  /** UTF-16 code units from the start of the source. */
  readonly start: number;
  /** After the last code unit that is replaced. */
  readonly end: number;
  /** Replaces the range. */
  readonly text: string;
  /** Both as a person reads them, on one line. */
  readonly before: string;
  readonly after: string;
}

/** Code units of a literal or condition that are shown. */
const longestShown = 80;
/** Code units that are shown on each side of a change inside a longer literal. */
const shownContext = 24;

/** A change inside a literal, shown with some of the literal around it. */
export function changeWithin(
  literal: string,
  offset: number,
  { start, end }: { readonly start: number; readonly end: number },
  text: string,
): Mutation {
  const isShort = literal.length < longestShown;
  const from = isShort ? 0 : Math.max(0, start - shownContext);
  const to = isShort ? literal.length : Math.min(literal.length, end + shownContext);
  const show = (middle: string) =>
    onOneLine(
      `${from > 0 ? '…' : ''}${literal.slice(from, start)}${middle}${literal.slice(end, to)}${to < literal.length ? '…' : ''}`,
    );
  return {
    ...{ start: offset + start, end: offset + end, text },
    before: show(literal.slice(start, end)),
    after: show(text),
  };
}

/** Text of a source for one line of output, cut if it is long. */
export function onOneLine(text: string): string {
  const line = text.replaceAll(/\s*\n\s*/g, ' ');
  return line.length > longestShown ? `${line.slice(0, longestShown)}…` : line;
}

/** Takes at most `count` of the elements, evenly from the whole list, in its order. */
export function takeEvenly<T>(all: readonly T[], count: number): readonly T[] {
  if (all.length <= count) return all;
  return Array.from({ length: count }, (_, index) => all[Math.floor((index * all.length) / count)]).filter(
    (each) => each !== undefined,
  );
}
