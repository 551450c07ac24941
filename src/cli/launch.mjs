#!/usr/bin/env -S node --disable-warning=ExperimentalWarning
// Starts main.ts with the compile cache of Node.js. Plain JavaScript: Node.js caches the compiled
// form of TypeScript only once the cache is on, and loads its TypeScript compiler otherwise.
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

// Half of a short command's time is reading its own source.
enableCompileCache(fileURLToPath(new URL('../../node_modules/.cache/rearview/compiled', import.meta.url)));
await import('./main.ts');
