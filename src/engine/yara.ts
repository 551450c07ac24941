import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import * as installed from '@virustotal/yara-x';
import { z } from 'zod';

/** The JavaScript side of the engine package: `Compiler`, `Rules`, `Scanner`. */
export type YaraApi = typeof installed;

/**
 * One instance of the engine's WebAssembly module in this thread.
 *
 * After a trap nothing in the instance can be trusted (its stack pointer is not restored, values stay borrowed), so whoever
 * sees one marks it `dead` and calls it no more.
 */
export interface Engine {
  readonly api: YaraApi;
  /** Bytes of linear memory; they only grow. */
  memoryBytes(): number;
  /** Whether the instance has so little left of what it never gives back that it should be replaced between two scans. */
  isWorn(): boolean;
  dead: boolean;
}

/** An object in the engine's memory. */
interface Freeable {
  free(): void;
}

/**
 * Everything not yet freed. An object that the garbage collector finds first has a finalizer that calls into its instance,
 * and where that is dead the exception ends the process; so nothing is left to the collector.
 */
const held = new Set<Freeable>();

/** Remembers an object until `release`. */
export function hold<T extends Freeable>(object: T): T {
  held.add(object);
  return object;
}

/** Frees an object. Those of a dead instance stay held for good: their memory goes with the thread. */
export function release(engine: Engine, object: Freeable): void {
  if (engine.dead) return;
  if (held.delete(object)) object.free();
}

const require = createRequire(import.meta.url);
const packageSchema = z.object({ version: z.string() });

let shared: WebAssembly.Module | undefined;
let first: Engine | undefined;

/** Which engine scans. A ruleset's id depends on the version. */
export function engineInfo(): { readonly name: 'yara-x'; readonly version: string } {
  const { version } = packageSchema.parse(require('@virustotal/yara-x/package.json'));
  return { name: 'yara-x', version };
}

/** The compiled module, once per thread; hand it to a worker and the worker need not compile it. */
export function engineModule(): WebAssembly.Module {
  shared ??= new WebAssembly.Module(readFileSync(new URL('./yara_x_js_bg.wasm', packageUrl())));
  return shared;
}

/** Takes over a module that another thread compiled. Only before the first use of the engine in this thread. */
export function adoptEngineModule(module: WebAssembly.Module): void {
  shared = module;
}

/** The instance of this thread, made on first use. It may be dead: a worker is replaced then, see `liveEngine` otherwise. */
export function threadEngine(): Engine {
  first ??= instantiate(installed);
  return first;
}

/** Where the JavaScript file of the package lies. */
export function packageUrl(): string {
  return import.meta.resolve('@virustotal/yara-x');
}

/**
 * `@virustotal/yara-x` 1.20 leaves one reference to a JavaScript value behind for each scan and each external variable that is set, and traps when it would
 * need more than 16,384, after some 3,200 scans with four variables.
 */
const wornReferences = 12_000;

/** Makes an instance out of a copy of the package's JavaScript. One copy gives one instance, however often it is asked. */
export function instantiate(api: YaraApi): Engine {
  const { memory, __wbindgen_externrefs: references } = api.initSync({ module: engineModule() });
  return {
    api,
    memoryBytes: () => memory.buffer.byteLength,
    isWorn: () => references.length > wornReferences,
    dead: false,
  };
}

/** Whether what was thrown came out of the engine as a trap, rather than as an answer ("this rule is wrong"). */
export function isTrap(error: unknown): boolean {
  // A RangeError is the JavaScript stack running out under the engine, or an address past what it can hold.
  return error instanceof WebAssembly.RuntimeError || error instanceof RangeError;
}

/** 32-bit addresses: the engine's memory ends here. */
const maxMemoryBytes = 4 * 1024 ** 3;

/** Whether a trap was for want of memory, as far as can be told: the engine aborts with a plain `unreachable` in every case. */
export function isOutOfMemory(error: unknown, memoryBytes: number, payloadBytes: number): boolean {
  if (error instanceof RangeError) return /array length|allocation failed/i.test(error.message);
  return isTrap(error) && memoryBytes + payloadBytes >= maxMemoryBytes;
}
