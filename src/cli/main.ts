#!/usr/bin/env -S node --disable-warning=ExperimentalWarning
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

// Half of a short command's time is reading its own source.
enableCompileCache(fileURLToPath(new URL('../../node_modules/.cache/rearview/compiled', import.meta.url)));
await import('./run.ts');
