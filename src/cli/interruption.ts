import { exitCodes } from './exit-codes.ts';

/**
 * Resolves with the exit code on Ctrl-C, otherwise never. Race work with it that does not watch the
 * signal, such as a compilation: the process does not wait for what remains.
 */
export function interruption(signal: AbortSignal): Promise<number> {
  return new Promise((resolve) => {
    const end = () => resolve(exitCodes.interrupted);
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}
