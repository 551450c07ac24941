#!/usr/bin/env -S node --disable-warning=ExperimentalWarning --max-semi-space-size=4
// Without a limit on short-lived objects, V8 keeps 100 MB more than they need.
// Starts main.ts with the compile cache of Node.js. Plain JavaScript: Node.js caches the compiled
// form of TypeScript only once the cache is on, and loads its TypeScript compiler otherwise.

/** Settings of glibc that keep freed memory from staying with each thread. It reads them at the start. */
const allocator = { MALLOC_ARENA_MAX: '2', MALLOC_TRIM_THRESHOLD_: '131072' };

if (process.argv.includes('up')) {
  const isSet = Object.keys(allocator).some((name) => name in process.env);
  if (process.platform === 'linux' && !isSet) {
    const args = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
    // The same process with the same streams.
    process.execve?.(process.execPath, args, { ...process.env, ...allocator });
  }
  // It runs for long, and its garbage would grow to several times what is in use.
  const { setFlagsFromString } = await import('node:v8');
  setFlagsFromString('--heap-growing-percent=30');
}

// Half of a short command's time is reading its own source. An import would load all that `module` has.
process
  .getBuiltinModule('node:module')
  .enableCompileCache(`${import.meta.dirname}/../../node_modules/.cache/rearview/compiled`);
await import('./main.ts');
