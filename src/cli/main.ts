import { exitCodes } from './exit-codes.ts';
import { runCli } from './program.ts';

const stopping = new AbortController();
const interrupt = () => {
  // The second time it is meant: state on disk is whole at every moment.
  if (stopping.signal.aborted) {
    letSignalsEnd();
    process.exit(exitCodes.interrupted);
  }
  stopping.abort();
};
const signals = ['SIGINT', 'SIGTERM'] as const;
for (const signal of signals) process.on(signal, interrupt);

/**
 * Node.js waits for its threads when it exits, and one may be in a system call that does not
 * return: from here on a signal ends the process at once.
 */
function letSignalsEnd(): void {
  for (const signal of signals) process.off(signal, interrupt);
}

// The reader (head, a pager) may close the stream early.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(exitCodes.ok);
    throw error;
  });
}

const code = await runCli(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  cwd: process.cwd(),
  env: process.env,
  isTerminal: { stdout: process.stdout.isTTY === true, stderr: process.stderr.isTTY === true },
  signal: stopping.signal,
});
letSignalsEnd();
process.exitCode = code;
// Remaining work of an interrupted command (a compilation, a worker) is not waited for.
if (stopping.signal.aborted) process.exit(code);
