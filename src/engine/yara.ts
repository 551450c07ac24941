import { setFlagsFromString } from 'node:v8';
import { startInstance } from './module/engine-instance.ts';
import { readEngineModule } from './module/engine-module.ts';
import { createObjects, type EngineObjects } from './module/objects.ts';

/**
 * One instance of the engine's WebAssembly module.
 *
 * After a trap, nothing in the instance can be trusted: its stack pointer is not restored. The caller
 * that sees a trap marks it `dead` and never calls it again. Its memory is freed with the last
 * reference to it.
 */
export interface Engine extends EngineObjects {
  readonly memory: WebAssembly.Memory;
  /** Memory of the engine for the bytes of its image. */
  readonly allocator: {
    allocate(bytes: number): number;
    release(address: number, bytes: number): void;
  };
  /** Bytes of linear memory; they only grow. */
  memoryBytes(): number;
  dead: boolean;
}

/** Frees an object of the engine's memory, unless the instance is dead. */
export function release(engine: Engine, object: { free(): void }): void {
  if (!engine.dead) object.free();
}

/**
 * Maximum size of an engine's linear memory in bytes: the ruleset, the file, and everything derived
 * from it.
 */
export const defaultMaxMemoryBytes = 1024 ** 3;

let compiled: WebAssembly.Module | undefined;
let started = 0;

/**
 * The compiled module, once per thread. Pass it to a worker so that the worker need not compile it.
 */
export function compiledEngineModule(): WebAssembly.Module {
  compiled ??= compileTrusted(readEngineModule());
  return compiled;
}

/**
 * Compiles the module of `engine/dist`, whose hash was compared. V8 checks each of its functions
 * when it is first called, instead of all of them now.
 */
function compileTrusted(bytes: Uint8Array<ArrayBuffer>): WebAssembly.Module {
  setFlagsFromString('--wasm-lazy-validation');
  try {
    return new WebAssembly.Module(bytes);
  } finally {
    setFlagsFromString('--no-wasm-lazy-validation');
  }
}

/** Number of engines this thread has started. */
export function enginesStarted(): number {
  return started;
}

/** Starts an instance of the engine, independent of all others. */
export function startEngine(
  module: WebAssembly.Module = compiledEngineModule(),
  maxMemoryBytes = defaultMaxMemoryBytes,
): Engine {
  started += 1;
  const instance = startInstance(module, maxMemoryBytes);
  const { exports, memory } = instance;
  const engine: Engine = {
    ...createObjects(instance, () => engine.dead),
    memory,
    allocator: { allocate: exports.allocate, release: exports.release },
    memoryBytes: () => memory.buffer.byteLength,
    dead: false,
  };
  return engine;
}

/**
 * Returns whether a thrown value came from the engine as a trap, rather than as an error result
 * ("this rule is wrong").
 */
export function isTrap(error: unknown): boolean {
  // A RangeError is the JavaScript stack overflowing inside the engine, or an address past the
  // maximum.
  return error instanceof WebAssembly.RuntimeError || error instanceof RangeError;
}
