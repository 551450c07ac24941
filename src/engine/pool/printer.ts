import { createPrintedLimit } from '../printed.ts';
import type { WorkerNews } from './scan-protocol.ts';

/** Takes what rules print during one scan. */
export interface Printer {
  take(text: string): void;
  /** Calls so far. */
  readonly count: number;
  end(): void;
}

/** Reports text as soon as rules print it. */
export function createPrinter(onNews: (news: WorkerNews) => void): Printer {
  const limit = createPrintedLimit();
  let count = 0;
  const postDropped = () => onNews({ type: 'dropped', count: limit.dropped });
  return {
    get count() {
      return count;
    },
    take: (text: string) => {
      count += 1;
      const kept = limit.admit(text);
      if (kept !== null) onNews({ type: 'printed', text: kept });
      else if (limit.dropped === 1) postDropped();
    },
    end: () => {
      if (limit.dropped > 1) postDropped();
    },
  };
}
