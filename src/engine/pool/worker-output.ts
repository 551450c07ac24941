import type { Readable } from 'node:stream';
import { replaceUnsafe } from '../../domain/text/unsafe-characters.ts';

/** Limit on the reported output of one thread. */
const mostChunks = 20;
const mostCharacters = 2_000;

/** What a worker thread writes to its standard output and error. */
export interface WorkerOutput {
  /** Reports what was written since. */
  look(): void;
  /** True once anything was written: Node then keeps the process running for the thread. */
  readonly isUsed: boolean;
}

/**
 * Reports what a worker thread writes to its standard output and error. Expected are only warnings
 * of Node; rules print in another way (`printed.ts`). Each piece is shown as one warning of this
 * process, harmless on a terminal and in a log.
 *
 * The streams are read once there is something: reading keeps the process running.
 */
export function watchWorkerOutput(
  streams: readonly (Readable | null)[],
  report: (message: string) => void = warn,
): WorkerOutput {
  let left = mostChunks;
  let isUsed = false;
  const show = (chunk: string): void => {
    left -= 1;
    if (left < 0) return;
    const text = replaceUnsafe(chunk.trimEnd(), (character) => (character === '\n' ? ' | ' : '?'));
    const shown = text.length > mostCharacters ? `${text.slice(0, mostCharacters)}…` : text;
    report(`A scan worker printed: ${shown}${left === 0 ? ' (and no more of it is shown)' : ''}`);
  };
  return {
    look() {
      if (isUsed || streams.every((stream) => stream === null || stream.readableLength === 0)) return;
      isUsed = true;
      for (const stream of streams) stream?.setEncoding('utf8').on('data', show);
    },
    get isUsed() {
      return isUsed;
    },
  };
}

function warn(message: string): void {
  process.emitWarning(message, { type: 'RearviewWarning', code: 'REARVIEW_WORKER_OUTPUT' });
}
