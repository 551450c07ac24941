import type { Readable } from 'node:stream';
import { replaceUnsafe } from '../../domain/text/unsafe-characters.ts';

/** Limit on the reported output of one thread. */
const mostChunks = 20;
const mostCharacters = 2_000;

/**
 * Reports what a worker thread writes to its standard output and error. Expected are only warnings
 * of Node; rules print in another way (`printed.ts`). Each piece is shown as one warning of this
 * process, harmless on a terminal and in a log.
 */
export function reportWorkerOutput(
  streams: readonly (Readable | null)[],
  report: (message: string) => void = warn,
): void {
  let left = mostChunks;
  for (const stream of streams) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      left -= 1;
      if (left < 0) return;
      const text = replaceUnsafe(chunk.trimEnd(), (character) => (character === '\n' ? ' | ' : '?'));
      const shown = text.length > mostCharacters ? `${text.slice(0, mostCharacters)}…` : text;
      report(`A scan worker printed: ${shown}${left === 0 ? ' (and no more of it is shown)' : ''}`);
    });
  }
}

function warn(message: string): void {
  process.emitWarning(message, { type: 'RearviewWarning', code: 'REARVIEW_WORKER_OUTPUT' });
}
