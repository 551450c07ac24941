/**
 * A mark under a line of the source; `^` marks the position itself, `-` secondary positions (and
 * the position of a warning).
 */
interface Mark {
  readonly sign: string;
  readonly column: number;
  label: string;
}

const sourceRow = /^ *\d+ \|/;
const gutter = /^ *\|/;
/** The end of the drawing: notes follow, and suggestions with their own drawings. */
const advice = /^(?: *=|[a-z]+:)/;
const lead = /[ |]*/y;
const mark = /_*([\^-])[\^-]*(?= |$)/y;

/**
 * Returns the labels in a drawing of the engine, as one text: only the primary labels if there are
 * any, otherwise all, from left to right.
 *
 *     1 | rule a { condition: filesize == "x" }
 *       |                     ^^^^^^^^    ^^^ this expression is `string`
 *       |                     |
 *       |                     this expression is `integer`
 */
export function labelsOf(rendered: string): string {
  const marks = drawingOf(rendered).flatMap(readMarks);
  const labelled = marks.filter(({ label }) => label !== '');
  const primary = labelled.filter(({ sign }) => sign === '^');
  return (primary.length > 0 ? primary : labelled).map(({ label }) => label).join('; ');
}

/** For each shown line of the source, the drawing below it. */
function drawingOf(rendered: string): string[][] {
  const [, ...rows] = rendered.split('\n');
  const begin = rows.findIndex((row) => sourceRow.test(row));
  if (begin < 0) return [];
  const below: string[][] = [];
  for (const row of rows.slice(begin)) {
    if (sourceRow.test(row)) below.push([]);
    else if (gutter.test(row)) below.at(-1)?.push(row.slice(row.indexOf('|') + 1));
    else if (advice.test(row)) break;
  }
  return below;
}

/**
 * A row of marks, the last with its label after it; then rows with the other labels below their
 * marks.
 */
function readMarks([first = '', ...hanging]: readonly string[]): readonly Mark[] {
  const marks: Mark[] = [];
  let at = leadEnd(first, 0);
  for (mark.lastIndex = at; ; mark.lastIndex = at) {
    const found = mark.exec(first);
    if (found === null) break;
    const column = found.index + found[0].lastIndexOf('_') + 1;
    at = leadEnd(first, mark.lastIndex);
    marks.push({ sign: found[1] ?? '-', column, label: '' });
  }
  const last = marks.at(-1);
  if (last !== undefined) last.label = first.slice(at).trim();
  for (const row of hanging) {
    const column = leadEnd(row, 0);
    const owner = marks.find((each) => each.column === column);
    if (owner !== undefined) owner.label = row.slice(column).trim();
  }
  return marks;
}

function leadEnd(row: string, from: number): number {
  lead.lastIndex = from;
  lead.test(row);
  return lead.lastIndex;
}
