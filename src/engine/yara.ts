import { isMainThread } from 'node:worker_threads';
import { createConditionHost } from './host/condition-host.ts';
import { engineMatchLimit, type MatchLimit } from './host/match-limit.ts';
import { evaluateGlue, type PackageGlue, type YaraApi } from './host/package-glue.ts';
import { compileEngineModule, type EngineModule, loadEngineModule, readPackageGlue } from './module/engine-module.ts';
import { createRemedies, type Remedies, remedyNames } from './remedies.ts';

export type { YaraApi } from './host/package-glue.ts';

/**
 * One instance of the engine's WebAssembly module.
 *
 * After a trap, nothing in the instance can be trusted: its stack pointer is not restored, and
 * values stay borrowed. The caller that sees a trap marks it `dead` and never calls it again.
 */
export interface Engine {
  readonly api: YaraApi;
  /**
   * The exports as the package's JavaScript sees them. Null if only the package itself could start
   * the instance.
   */
  readonly exports: WebAssembly.Exports | null;
  /** Bytes of linear memory; they only grow. */
  memoryBytes(): number;
  /**
   * Whether the instance has almost used up resources that it never frees, and should be replaced
   * between two scans.
   */
  isWorn(): boolean;
  readonly matchLimit: MatchLimit;
  dead: boolean;
}

/** An object in the engine's memory. */
interface Freeable {
  free(): void;
}

/**
 * All objects that are not yet freed. An object found first by the garbage collector has a
 * finalizer that calls into its instance. If that is dead, the exception would end the process, so
 * nothing is left to the collector.
 */
const held = new Set<Freeable>();

/** Number of held objects: each keeps the memory of its whole engine. */
export function heldObjects(): number {
  return held.size;
}

/** Keeps an object until `release`. */
export function hold<T extends Freeable>(object: T): T {
  held.add(object);
  return object;
}

/**
 * Frees an object. Those of a dead instance are forgotten: their memory is freed with the instance.
 */
export function release(engine: Engine, object: Freeable): void {
  if (engine.dead) {
    // If finalizers can reach a dead instance, the object has to stay, and its instance with it.
    if (engine.exports !== null) held.delete(object);
  } else if (held.delete(object)) object.free();
}

/**
 * Maximum size of an engine's linear memory in bytes: the ruleset, the file, and everything derived
 * from it.
 */
export const defaultMaxMemoryBytes = 1024 ** 3;

let loaded: EngineModule | undefined;
const compiled = new Map<number, WebAssembly.Module>();
let started = 0;
let glueSource: string | undefined;
// Workers report to the main thread, which prints it once.
const found = createRemedies((remedy, why) => {
  if (!isMainThread) return;
  const message = `The engine is slower than usual because a remedy is off (${remedyNames[remedy]}): ${why}. Results are the same.`;
  process.emitWarning(message, {
    type: 'RearviewWarning',
    code: `REARVIEW_ENGINE_${remedy.toUpperCase().replaceAll('-', '_')}`,
  });
});

/** The remedies that are off in this thread, and why. Complete once an engine was started. */
export function engineRemedies(): Remedies {
  return found;
}

/** The engine's module, tuned, once per thread. */
export function engineModule(): EngineModule {
  loaded ??= loadEngineModule(found);
  return loaded;
}

/**
 * Returns the compiled module with a memory limit, once for each limit. Pass it to a worker so that
 * the worker need not compile it.
 */
export function compiledEngineModule(maxMemoryBytes = defaultMaxMemoryBytes): WebAssembly.Module {
  const module = compiled.get(maxMemoryBytes) ?? compileEngineModule(engineModule(), maxMemoryBytes, found);
  compiled.set(maxMemoryBytes, module);
  return module;
}

/** Number of engines this thread has started. */
export function enginesStarted(): number {
  return started;
}

/**
 * `@virustotal/yara-x` 1.20 traps when it needs more than 16,384 references to JavaScript values,
 * and leaks one for each scanner. The host frees them; if it cannot, this is the limit for
 * replacing the engine.
 */
export const wornReferences = 12_000;

/** Starts an instance of the engine, independent of all others. */
export function startEngine(module: WebAssembly.Module = compiledEngineModule(), remedies: Remedies = found): Engine {
  started += 1;
  glueSource ??= readPackageGlue();
  return startEngineWith(evaluateGlue(glueSource), module, remedies);
}

/**
 * Like `startEngine`, with an evaluation of the package's JavaScript that is used for nothing else.
 */
export function startEngineWith({ api, start }: PackageGlue, module: WebAssembly.Module, remedies: Remedies): Engine {
  const matchLimit: MatchLimit = { value: engineMatchLimit, reached: false, watched: false };
  const engine = (
    exports: WebAssembly.Exports | null,
    memory: WebAssembly.Memory,
    references: WebAssembly.Table,
  ): Engine => ({
    api,
    exports,
    memoryBytes: () => memory.buffer.byteLength,
    isWorn: () => references.length > wornReferences,
    matchLimit,
    dead: false,
  });
  if (start === null) {
    remedies.off('instances', "the package's JavaScript cannot be started in a known way");
    const { memory, __wbindgen_externrefs: references } = api.initSync({ module });
    return engine(null, memory, references);
  }
  const exportNames = WebAssembly.Module.exports(module).map(({ name }) => name);
  const imports = start.imports();
  const host = Object.values(imports).length === 1 ? imports : {};
  const [namespace = '', glue = {}] = Object.entries(host)[0] ?? [];
  const conditions = createConditionHost(glue, exportNames, remedies, matchLimit);
  const instance = new WebAssembly.Instance(module, { ...imports, [namespace]: { ...glue, ...conditions.imports } });
  const { memory, __wbindgen_externrefs: references } = instance.exports as {
    memory: WebAssembly.Memory;
    __wbindgen_externrefs: WebAssembly.Table;
  };
  const exports = guardFrees(conditions.wrapExports(instance.exports), () => running.dead);
  const running = engine(exports, memory, references);
  start.finish({ exports }, module);
  return running;
}

/**
 * Finalizers call these whenever the garbage collector runs; in a dead instance they do nothing.
 */
function guardFrees(exports: Record<string, unknown>, isDead: () => boolean): WebAssembly.Exports {
  const guarded = { ...exports };
  for (const [name, value] of Object.entries(exports)) {
    if (typeof value !== 'function' || !/^__wbg_\w+_free$|^__wbindgen_destroy_closure/.test(name)) continue;
    guarded[name] = (...values: unknown[]) => (isDead() ? undefined : value(...values));
  }
  return guarded;
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
