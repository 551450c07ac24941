import type { Diagnostic } from '../../domain/rulesets/diagnostic.ts';

/** Characters of a source line that are shown. */
const shownColumns = 100;
/** Characters before the mark that stay where a line is cut. */
const columnsBefore = 40;

/**
 * The line of the source with the marks below it, as the engine draws them, cut where it is long.
 * The labels are in the message. Empty for diagnostics that are not of the engine.
 */
export function sourceExcerpt({ rendered }: Pick<Diagnostic, 'rendered'>): readonly string[] {
  const rows = (rendered ?? '').split('\n').flatMap((row) => {
    const [, number, text] = /^ *(\d*) \|(?: (.*))?$/.exec(row) ?? [];
    return text === undefined ? [] : [{ isSource: number !== '', text }];
  });
  const begin = rows.findIndex(({ isSource }) => isSource);
  if (begin < 0) return [];
  const source = rows[begin]?.text ?? '';
  const marks = /^[ ^-]*[\^-]/.exec(rows[begin + 1]?.text ?? '')?.[0] ?? '';
  const from = source.length <= shownColumns ? 0 : Math.max(0, marks.search(/[\^-]/) - columnsBefore);
  const shown = [source, marks].map((text) => text.slice(from, from + shownColumns));
  return shown.map((text) => `    | ${text}`.trimEnd());
}
