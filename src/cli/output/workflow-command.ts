import { safeText } from './output.ts';

/** Place of an annotation of GitHub. Line and column count from 1; 0 if there is none. */
export interface AnnotationPlace {
  /** Below the root of the repository, with `/`. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/**
 * A workflow command of GitHub Actions, without a line end: `::error
 * file=a.yar,line=2,col=5,title=E009::message`. It is escaped like in GitHub's toolkit
 * (`packages/core/src/command.ts` in actions/toolkit). Characters that are unsafe on a terminal are
 * made visible, because a runner prints the message in its log.
 * @param lines of the message; line ends within one of them become visible
 * @see https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
 */
export function workflowCommand(
  name: 'error' | 'warning' | 'notice',
  { title, place }: { readonly title: string; readonly place?: AnnotationPlace },
  lines: readonly string[],
): string {
  const properties = [
    ...(place === undefined || place.file === '' ? [] : placeProperties(place)),
    `title=${escapeProperty(title)}`,
  ];
  return `::${name} ${properties.join(',')}::${escapeData(lines.map(safeText).join('\n'))}`;
}

function placeProperties({ file, line, column }: AnnotationPlace): string[] {
  return [
    `file=${escapeProperty(file)}`,
    ...(line === 0 ? [] : [`line=${line}`]),
    // A column without a line is meaningless.
    ...(line === 0 || column === 0 ? [] : [`col=${column}`]),
  ];
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(safeText(text)).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
