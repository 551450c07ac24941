import { safeText } from '../output/output.ts';

/**
 * Prints a line that begins with a label, such as `retro`. The text is made safe here: callers pass
 * it as it is.
 */
export type Say = (label: string, text: string) => void;

/** @param print prints a line that is safe for a terminal */
export function createSay(print: (line: string) => void): Say {
  return (label, text) => print(`${label.padEnd(8)} ${safeText(text)}`);
}

/** The line with the time of day in front. */
export function stamped(line: string): string {
  const now = new Date();
  const parts = [now.getHours(), now.getMinutes(), now.getSeconds()];
  return `${parts.map((part) => String(part).padStart(2, '0')).join(':')} ${line}`;
}
