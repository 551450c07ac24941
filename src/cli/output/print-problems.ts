import type { Observe } from '../../app/pipeline/events.ts';
import type { CliContext } from '../context.ts';
import { printLine, safeText } from './output.ts';

/**
 * Prints problems of a target to stderr as they come, such as a published ruleset that was
 * replaced.
 */
export function printProblems({ stderr }: CliContext): Observe {
  return (event) => {
    if (event.type === 'problem') void printLine(stderr, safeText(`problem: ${event.where}: ${event.message}`));
  };
}

/**
 * Prints each problem once, with `line`: planning a scan and running it meet the same problems of
 * the index.
 */
export function createProblemNotes(line: (text: string) => void): (where: string, message: string) => void {
  const printed = new Set<string>();
  return (where, message) => {
    const text = safeText(`problem: ${where}: ${message}`);
    if (!printed.has(text)) line(text);
    printed.add(text);
  };
}
