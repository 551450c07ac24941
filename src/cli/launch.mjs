#!/usr/bin/env -S node --disable-warning=ExperimentalWarning --max-semi-space-size=4
// Without a limit on short-lived objects, V8 keeps 100 MB more than they need.
// Starts main.ts with the compile cache of Node.js. Plain JavaScript: Node.js caches the compiled
// form of TypeScript only once the cache is on, and loads its TypeScript compiler otherwise.
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

// Half of a short command's time is reading its own source.
enableCompileCache(fileURLToPath(new URL('../../node_modules/.cache/rearview/compiled', import.meta.url)));
await import('./main.ts');
