import type { CliContext } from '../context.ts';
import { createStatusLine, type StatusLine } from './status-line.ts';

/** A status line with one text, the same for a terminal and for a separate line. */
export interface StatusText extends Pick<StatusLine, 'above' | 'clear'> {
  /** Replaces the text, and draws it if it is time. */
  show(text: string): void;
}

/** Begins a status line without a text. */
export function beginStatusText(context: CliContext): StatusText {
  let text = '';
  const status = createStatusLine(context, {
    now: () => performance.now(),
    describe: () => (text === '' ? null : { terminal: text, plain: text }),
  });
  status.begin();
  return {
    above: status.above,
    clear: status.clear,
    show(next) {
      text = next;
      status.draw();
    },
  };
}
