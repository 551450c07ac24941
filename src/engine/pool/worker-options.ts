import { getCompileCacheDir } from 'node:module';
import { dirname } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import type { WorkerOptions } from 'node:worker_threads';

/** Variables that Node itself reads in a thread, and the output folder for test coverage. */
const coverageVariable = 'NODE_V8_COVERAGE';

/**
 * For short-lived objects. A scan makes few; without a limit, V8 takes more than 100 MB in each
 * thread and keeps them.
 */
const maxYoungGenerationSizeMb = 8;

/**
 * Options of threads that handle hostile files and rules. They have no environment, which has
 * credentials, and no arguments. Their output goes to no terminal or log directly. They cannot
 * evaluate code from text, which is the first thing an attacker would try after breaking out of the
 * engine.
 */
export function workerOptions(): WorkerOptions {
  // Read when the global object of a thread is made, so this thread is unchanged. `node:vm` is not
  // affected.
  setFlagsFromString('--disallow-code-generation-from-strings');
  return {
    env: environment(),
    argv: [],
    stdin: false,
    stdout: true,
    stderr: true,
    resourceLimits: { maxYoungGenerationSizeMb },
  };
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
