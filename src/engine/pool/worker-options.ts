import { getCompileCacheDir } from 'node:module';
import { dirname } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import type { WorkerOptions } from 'node:worker_threads';

/** Variables that Node itself reads in a thread, and where coverage of tests is written. */
const coverageVariable = 'NODE_V8_COVERAGE';

/**
 * How threads are started that handle hostile files and rules: without the environment, which has credentials; without arguments; with output that goes to no
 * terminal and no log by itself; and unable to make code of text, which is what whoever breaks out of the engine would do first.
 */
export function workerOptions(): WorkerOptions {
  // Read where the global object of a thread is made, so this thread is as it was. `node:vm` is not affected.
  setFlagsFromString('--disallow-code-generation-from-strings');
  return { env: environment(), argv: [], stdin: false, stdout: true, stderr: true };
}

function environment(): Record<string, string> {
  const coverage = process.env[coverageVariable];
  const cache = getCompileCacheDir();
  return {
    ...(coverage === undefined ? {} : { [coverageVariable]: coverage }),
    // Node turns the cache on in a thread only by this variable.
    ...(cache === undefined ? {} : { NODE_COMPILE_CACHE: dirname(cache) }),
  };
}
