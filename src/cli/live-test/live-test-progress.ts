import { hasArrived, type TestedForm } from '../../app/live-test/live-test.ts';
import type { CliContext } from '../context.ts';
import { formatDuration } from '../output/output.ts';
import { createStatusLine } from '../output/status-line.ts';

/** Progress of a live test on stderr. */
export interface LiveTestProgress {
  forms(forms: readonly TestedForm[]): void;
  /** A line above. The text must be safe for a terminal. */
  line(text: string): void;
  stop(): void;
}

/** @param options.now for tests: milliseconds of a clock */
export function createLiveTestProgress(
  { stderr, isTerminal }: Pick<CliContext, 'stderr' | 'isTerminal'>,
  { now = Date.now }: { readonly now?: () => number } = {},
): LiveTestProgress {
  const begunMs = now();
  let shown: readonly TestedForm[] = [];
  const describe = () => {
    if (shown.length === 0) return null;
    const count = (passes: (form: TestedForm) => boolean) => shown.filter(passes).length;
    const text = `live test: of ${shown.length} forms ${count(({ object }) => object !== null)} uploaded, ${count(({ recordedMs }) => recordedMs !== null)} recorded, ${count(({ alertedMs }) => alertedMs !== null)} alerted`;
    return { terminal: `${text}; ${formatDuration(now() - begunMs)}`, plain: text };
  };
  const status = createStatusLine({ stderr, isTerminal }, { now, describe });
  return {
    forms(forms) {
      shown = forms;
      if (forms.every(hasArrived)) status.clear();
      else status.draw();
    },
    line: (text) => status.above(() => stderr.write(`${text}\n`)),
    stop: () => status.clear(),
  };
}
