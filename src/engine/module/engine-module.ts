import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { messageOf } from '../../domain/errors.ts';
import type { Remedies } from '../remedies.ts';
import { type EngineModule, readCachedBuild } from './build-cache.ts';
import { limitMemory } from './limit-memory.ts';
import { runConstructorsOnce } from './run-constructors-once.ts';
import { WasmFormatError } from './wasm-binary.ts';

export type { EngineModule } from './build-cache.ts';

const require = createRequire(import.meta.url);

/** The engine that scans. A ruleset's id depends on the version. */
export function engineInfo(): { readonly name: 'yara-x'; readonly version: string } {
  const { version }: { readonly version: string } = require('@virustotal/yara-x/package.json');
  return { name: 'yara-x', version };
}

/** The package's JavaScript as text. */
export function readPackageGlue(): string {
  return readFileSync(new URL(packageUrl()), 'utf8');
}

/** The package's module, unchanged. */
export function readPackageModule(): Uint8Array<ArrayBuffer> {
  return readFileSync(new URL('./yara_x_js_bg.wasm', packageUrl()));
}

function packageUrl(): string {
  return import.meta.resolve('@virustotal/yara-x');
}

/** Tunes the package's module. The same package gives the same bytes. */
export function tuneModule(original: Uint8Array<ArrayBuffer>, remedies: Remedies): EngineModule {
  let bytes = original;
  try {
    bytes = runConstructorsOnce(original);
  } catch (error) {
    if (!(error instanceof WasmFormatError)) throw error;
    remedies.off('constructors', messageOf(error));
  }
  return { sha256: createHash('sha256').update(bytes).digest('hex'), bytes };
}

/**
 * Returns the tuned module: the build of the install script if there is one for this package,
 * otherwise tuned now.
 */
export function loadEngineModule(remedies: Remedies): EngineModule {
  return readCachedBuild(engineInfo().version) ?? tuneModule(readPackageModule(), remedies);
}

/**
 * Compiles the module with an upper limit to its memory. If the limit cannot be added, it is the 4
 * GiB that 32-bit addresses can reach.
 */
export function compileEngineModule(
  { bytes }: EngineModule,
  maxMemoryBytes: number,
  remedies: Remedies,
): WebAssembly.Module {
  try {
    return new WebAssembly.Module(limitMemory(bytes, maxMemoryBytes));
  } catch (error) {
    if (!(error instanceof WasmFormatError)) throw error;
    remedies.off('memory-limit', messageOf(error));
    return new WebAssembly.Module(bytes);
  }
}
