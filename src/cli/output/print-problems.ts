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
