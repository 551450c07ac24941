import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** What `engine/filter/filter.rs` exports. Words are of 64 bits. */
export interface FilterModule {
  readonly memory: WebAssembly.Memory;
  /** Where the bytes of a chunk go: at most `chunkBytes`. */
  chunk_address(): number;
  /** Where this many words are, all zero from now on; 0 if there is no memory for them. */
  words_address(words: number): number;
  /** Sets the grams of a chunk in `2 ** size` words. */
  add(length: number, size: number): void;
  /** The number of bits that are set. */
  count(words: number): number;
  /** Halves the filter. */
  fold(words: number): void;
}

export const chunkBytes = 256 * 1024;

let loaded: FilterModule | undefined;

/**
 * Loads the module once for each thread.
 * @throws Error if it is not the one of its manifest
 */
export function filterModule(): FilterModule {
  loaded ??= loadModule();
  return loaded;
}

function loadModule(): FilterModule {
  const bytes = readFileSync(new URL(import.meta.resolve('#engine/filter.wasm')));
  const manifest: unknown = JSON.parse(readFileSync(new URL(import.meta.resolve('#engine/filter.json')), 'utf8'));
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (typeof manifest !== 'object' || manifest === null || !('sha256' in manifest) || manifest.sha256 !== sha256)
    throw new Error('engine/dist/filter.wasm is not the module of filter.json: check out both again.');
  return new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports as unknown as FilterModule;
}
