/** A table of Markdown: numbers to the right, everything else to the left. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const isNumeric = (column: number) => rows.every((row) => /^[*$\d.,–]+$/.test(row[column] ?? ''));
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, column) => (isNumeric(column) ? '--:' : '---'))), ...rows.map(line)].join('\n');
}
