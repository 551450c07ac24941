import type { PrintedText } from '../../engine/types.ts';
import type { CliContext } from '../context.ts';
import { plural, printLine, safeText } from './output.ts';

/** Prints the console output of rules on stderr. */
export function printTo({ stderr }: Pick<CliContext, 'stderr'>): (name: string, printed: PrintedText) => void {
  return (name, printed) => {
    for (const line of printedTextLines(name, printed)) void printLine(stderr, line);
  };
}

/**
 * The console output of rules during a scan, each line prefixed with the name of the object. Both
 * are hostile and are made safe.
 */
export function printedTextLines(name: string, { lines, dropped }: PrintedText): readonly string[] {
  const label = `console: ${safeText(name)}:`;
  return [
    ...lines.map((line) => `${label} ${safeText(line)}`),
    ...(dropped > 0 ? [`${label} and ${plural(dropped, 'more text')}, not shown`] : []),
  ];
}
